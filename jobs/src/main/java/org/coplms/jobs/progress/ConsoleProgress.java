package org.coplms.jobs.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bars on a terminal, redrawn in place; plain lines elsewhere, so that a log file stays readable.
 */
final class ConsoleProgress implements Progress {
  private static final Duration REDRAW = Duration.ofMillis(200);
  private static final Duration PLAIN_LINE = Duration.ofSeconds(10);

  private final PrintStream out;
  private final int width;
  private final InstantSource clock;
  private final Deque<Bar> running = new ArrayDeque<>();
  private boolean drawn;

  /**
   * @param width columns of the terminal; 0 where there is none
   */
  ConsoleProgress(PrintStream out, int width, InstantSource clock) {
    this.out = out;
    this.width = width;
    this.clock = clock;
  }

  static ConsoleProgress onStandardError() {
    return new ConsoleProgress(System.err, terminalWidth(), InstantSource.system());
  }

  @Override
  public synchronized Task start(String label, long steps) {
    Bar bar = new Bar(label, steps);
    running.addLast(bar);
    bar.show(true);
    return bar;
  }

  @Override
  public synchronized void line(String text) {
    erase();
    out.println(text);
    out.flush();
    if (!running.isEmpty() && width > 0) {
      running.getLast().show(true);
    }
  }

  private void erase() {
    if (drawn) {
      out.print("\r" + " ".repeat(width - 1) + "\r");
      drawn = false;
    }
  }

  /** The launcher exports the terminal's columns when standard error is one. */
  private static int terminalWidth() {
    String columns = System.getenv("COPLMS_COLUMNS");
    return columns != null && columns.matches("\\d{2,4}") ? Integer.parseInt(columns) : 0;
  }

  private final class Bar implements Task {
    private final String label;
    private final long steps;
    private final long startMillis = clock.millis();
    private long shownMillis = Long.MIN_VALUE;
    private long done;
    private String detail = "";

    Bar(String label, long steps) {
      this.label = label;
      this.steps = steps;
    }

    @Override
    public void stepBy(long more) {
      synchronized (ConsoleProgress.this) {
        stepTo(done + more);
      }
    }

    @Override
    public void stepTo(long altogether) {
      synchronized (ConsoleProgress.this) {
        done = Math.max(done, altogether);
        show(false);
      }
    }

    @Override
    public void detail(String text) {
      synchronized (ConsoleProgress.this) {
        detail = text;
        show(false);
      }
    }

    @Override
    public void close() {
      synchronized (ConsoleProgress.this) {
        if (running.remove(this)) {
          erase();
          out.println(ProgressText.ended(label, done, steps, elapsed(), detail));
          out.flush();
        }
      }
    }

    private void show(boolean now) {
      long sinceShown = shownMillis == Long.MIN_VALUE ? 0 : clock.millis() - shownMillis;
      if (width > 0 && running.peekLast() == this && (now || sinceShown >= REDRAW.toMillis())) {
        String text = ProgressText.bar(label, done, steps, elapsed(), detail);
        erase();
        out.print(text.length() < width ? text : text.substring(0, width - 1));
        out.flush();
        drawn = true;
        shownMillis = clock.millis();
      } else if (width == 0 && !now && sinceShown >= PLAIN_LINE.toMillis()) {
        out.println(ProgressText.plain(label, done, steps, elapsed(), detail));
        shownMillis = clock.millis();
      } else if (shownMillis == Long.MIN_VALUE) {
        shownMillis = clock.millis();
      }
    }

    private Duration elapsed() {
      return Duration.ofMillis(clock.millis() - startMillis);
    }
  }
}
