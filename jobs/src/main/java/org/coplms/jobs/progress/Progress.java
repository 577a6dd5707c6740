package org.coplms.jobs.progress;

/** Tells a person how far long work is. Safe to call from any thread. */
public interface Progress {
  /**
   * Starts one piece of work.
   *
   * @param label what it is ({@code round 3/5})
   * @param steps how many steps it has; 0 where nobody knows
   */
  Task start(String label, long steps);

  /** Prints a line, above a running bar. */
  void line(String text);

  /** One piece of work; closing it ends its bar. Tasks may overlap: the newest is shown. */
  interface Task extends AutoCloseable {
    /** One step more. */
    default void step() {
      stepBy(1);
    }

    /** Some steps more. */
    void stepBy(long steps);

    /** So many steps altogether; never goes back. */
    void stepTo(long steps);

    /** A word on what is being done now ({@code loss 1.23}). */
    void detail(String text);

    @Override
    void close();
  }

  /** Says nothing. */
  static Progress silent() {
    return SilentProgress.INSTANCE;
  }

  /** A bar that is redrawn on a terminal, otherwise a line every ten seconds. */
  static Progress console() {
    return ConsoleProgress.onStandardError();
  }
}
