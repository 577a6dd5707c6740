package org.coplms.jobs.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks of this machine, each a command of its own below {@code bench}. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    synopsisSubcommandLabel = "WHAT",
    usageHelpAutoWidth = true)
final class BenchCommand implements Runnable {
  @Spec private CommandSpec command;

  /** With its subcommands. */
  static CommandLine commandLine() {
    CommandLine bench = new CommandLine(new BenchCommand());
    bench.addSubcommand("models", new BenchModelsCommand());
    bench.addSubcommand("prepare", new BenchPrepareCommand());
    return bench;
  }

  @Override
  public void run() {
    throw new ParameterException(command.commandLine(), "say what to measure: models or prepare");
  }
}
