package org.coplms.jobs.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.pipeline.Pipeline;
import org.coplms.jobs.store.RunStore;

/** Commands as a user types them, with what the user would see of an error. */
public final class Console {
  private Console() {}

  /** What a command ended with. */
  public record Outcome(int exitCode, List<String> errors) {
    public Outcome {
      errors = List.copyOf(errors);
    }
  }

  /** Runs one command. */
  public static Outcome run(Pipeline pipeline, List<String> args) {
    StringWriter errors = new StringWriter();
    PrintWriter out = new PrintWriter(new StringWriter(), true);
    int exitCode =
        new CommandLineInterface(pipeline)
            .run(out, new PrintWriter(errors, true), args.toArray(String[]::new));
    return new Outcome(exitCode, errors.toString().lines().toList());
  }

  /** Runs one command whose answer stands on standard output; it must end well. */
  public static String output(Pipeline pipeline, List<String> args) {
    StringWriter errors = new StringWriter();
    StringWriter out = new StringWriter();
    int exitCode =
        new CommandLineInterface(pipeline)
            .run(
                new PrintWriter(out, true),
                new PrintWriter(errors, true),
                args.toArray(String[]::new));
    if (exitCode != 0) {
      throw new AssertionError(exitCode + " " + errors);
    }
    return out.toString();
  }

  /** Opens a run folder as a command does. */
  public static RunStore open(String folder, Settings settings, Configuration files) {
    return RunStore.open(folder, Versions.identity(settings), files);
  }
}
