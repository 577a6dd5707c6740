package org.coplms.jobs.pipeline;

import java.util.List;

/** One step of a run; the same command run twice does its work once. */
public interface Stage {
  /** The command's name: {@code prepare}, {@code pretrain}, … */
  String name();

  /** Names of the stages that must have finished before. */
  default List<String> after() {
    return List.of();
  }

  /**
   * Whether the stage does its work each time, as one that only shows what is there. Such a stage
   * has no marker.
   */
  default boolean always() {
    return false;
  }

  /**
   * Does the work. A run that was cut short is called again with the same settings and may find
   * part of its own output.
   */
  void run(RunContext context);
}
