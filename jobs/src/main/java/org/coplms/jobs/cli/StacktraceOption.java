package org.coplms.jobs.cli;

import picocli.CommandLine.Option;

/** For developers: errors with their stack trace. */
final class StacktraceOption {
  @Option(
      names = "--stacktrace",
      description = "Print the stack trace of an error before its line.")
  private boolean stacktrace;

  boolean isSet() {
    return stacktrace;
  }
}
