package org.coplms.jobs.cli;

import java.util.Optional;

/** A command that takes the options of every command that works in a run folder. */
interface WithRunOptions extends WithErrorOptions {
  RunOptions options();

  @Override
  default boolean stacktrace() {
    return options().stacktrace();
  }

  @Override
  default Optional<String> errorFolder() {
    return Optional.of(options().run());
  }
}
