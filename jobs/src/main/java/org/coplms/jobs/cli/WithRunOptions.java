package org.coplms.jobs.cli;

/** A command that takes the options of every command. */
interface WithRunOptions {
  RunOptions options();
}
