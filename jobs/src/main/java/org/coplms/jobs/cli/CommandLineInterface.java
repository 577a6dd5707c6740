package org.coplms.jobs.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.coplms.jobs.pipeline.Pipeline;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The commands of {@code coplms}.
 *
 * <p>Exit codes: 0 done; 2 the user can mend it, one clear line said how; 1 our defect, the line
 * says where the stack trace is.
 */
public final class CommandLineInterface {
  private static final Map<String, String> STAGES =
      Map.of(
          "prepare", "Make examples, split them, and give each edge device its share.",
          "pretrain", "Train the tiny models, or take them from the cache.",
          "distill", "Distill the proxy model (DPM) from the large one.",
          "cotune", "Co-tune in rounds: edge devices, merge, server.",
          "evaluate", "Answer the test questions and score the answers.",
          "report", "Write metrics.json and the report, and show the table.");

  private final CommandLine commandLine;

  public CommandLineInterface(Pipeline pipeline) {
    commandLine = new CommandLine(new Root());
    for (String stage : pipeline.names()) {
      RunCommand.Work work = context -> pipeline.run(stage, context);
      add(
          stage,
          STAGES.getOrDefault(stage, ""),
          new RunCommand(work, Optional.empty(), pipeline.startsRun(stage), "runs/default"));
    }
    add(
        "quickstart",
        "Run every stage on the built-in benchmark (conf/quickstart.conf).",
        new RunCommand(pipeline::runAll, Optional.of("quickstart.conf"), true, "runs/quickstart"));
    add(
        "compare",
        "Run the method, its baselines and ablations with several seeds, and compare (conf/compare.conf).",
        new CompareCommand());
    add(
        "export",
        "Write a tuned model for Hugging Face's libraries and DJL: its LoRA, or the merged model.",
        new ExportCommand());
    add(
        "generate",
        "Answer prompts with a checkpoint or a tuned model of a run; or a table of prompts.",
        new GenerateCommand());
    add(
        "train-tokenizer",
        "Learn a tokenizer (byte-level BPE, tokenizer.json) from texts, for models without one.",
        new TrainTokenizerCommand());
    add("bench", "Measure this machine: bench models, bench prepare.", BenchCommand.commandLine());
    commandLine.addSubcommand(new HelpCommand());
    commandLine.setOut(
        new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true));
    commandLine.setParameterExceptionHandler(CommandLineInterface::refuse);
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> report(e, (WithErrorOptions) failed.getCommand(), failed.getErr()));
  }

  /** Runs one command; messages go to standard output and standard error. */
  public int run(String... args) {
    try {
      return commandLine.execute(args);
    } catch (Error e) { // out of memory, a class that cannot be loaded: picocli lets them through
      return report(e, command(), commandLine.getErr());
    }
  }

  /** For tests: runs one command with its messages caught. */
  int run(PrintWriter out, PrintWriter err, String... args) {
    commandLine.setOut(out).setErr(err);
    return run(args);
  }

  private void add(String name, String description, Callable<Integer> command) {
    add(name, description, new CommandLine(command));
  }

  private void add(String name, String description, CommandLine sub) {
    sub.setCaseInsensitiveEnumValuesAllowed(true);
    sub.getCommandSpec().usageMessage().description(description);
    commandLine.addSubcommand(name, sub);
  }

  private static int refuse(ParameterException e, String[] args) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    e.getCommandLine()
        .getErr()
        .printf(
            "error: %s; see `%s --help`%n",
            e.getMessage().replaceAll("\\s+", " "), command.qualifiedName());
    return ErrorLine.USER;
  }

  private static int report(Throwable thrown, WithErrorOptions command, PrintWriter err) {
    ErrorLine line = ErrorLine.of(thrown);
    if (command.stacktrace()) {
      err.print(ErrorReport.stackTrace(thrown));
      err.println("error: " + line.text());
    } else if (line.exitCode() == ErrorLine.USER) {
      err.println("error: " + line.text());
    } else {
      String place = ErrorReport.write(thrown, command.errorFolder());
      err.printf("error: %s; the stack trace is in %s%n", line.text(), place);
    }
    err.flush();
    return line.exitCode();
  }

  private WithErrorOptions command() {
    List<CommandLine> parsed = commandLine.getParseResult().asCommandLineList();
    return (WithErrorOptions) parsed.get(parsed.size() - 1).getCommand();
  }

  @Command(
      name = "coplms",
      description = "Co-tunes one large language model and many small ones through a small proxy.",
      mixinStandardHelpOptions = true,
      versionProvider = Versions.class,
      synopsisSubcommandLabel = "COMMAND",
      usageHelpAutoWidth = true)
  private static final class Root implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      throw new ParameterException(spec.commandLine(), "a command is missing");
    }
  }
}
