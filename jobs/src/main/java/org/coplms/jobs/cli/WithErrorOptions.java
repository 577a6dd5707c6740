package org.coplms.jobs.cli;

import java.util.Optional;

/** How a command wants its errors reported. */
interface WithErrorOptions {
  /** Whether the stack trace is printed. */
  boolean stacktrace();

  /**
   * Folder in whose {@code logs/} the stack trace of an unexpected error goes; else it goes into a
   * temporary file, as for commands without a run.
   */
  default Optional<String> errorFolder() {
    return Optional.empty();
  }
}
