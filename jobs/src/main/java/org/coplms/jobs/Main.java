package org.coplms.jobs;

import org.coplms.jobs.cli.CommandLineInterface;

/** Entry point of the job jar and of the launcher. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int exitCode = new CommandLineInterface(Stages.pipeline()).run(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }
}
