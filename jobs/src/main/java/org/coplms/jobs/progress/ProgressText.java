package org.coplms.jobs.progress;

import java.time.Duration;
import java.util.Locale;

/** How progress is written: {@code distill [████░░░░] 412/1000 0:41, 0:58 left loss 1.23}. */
final class ProgressText {
  private static final int BAR = 24;

  private ProgressText() {}

  static String bar(String label, long done, long steps, Duration elapsed, String detail) {
    StringBuilder text = new StringBuilder(label).append("  ");
    if (steps > 0) {
      int full = (int) (BAR * Math.min(done, steps) / steps);
      text.append('[').append("#".repeat(full)).append(".".repeat(BAR - full)).append("] ");
    }
    return text.append(counts(done, steps, elapsed, detail)).toString();
  }

  static String plain(String label, long done, long steps, Duration elapsed, String detail) {
    return label + ": " + counts(done, steps, elapsed, detail);
  }

  static String ended(String label, long done, long steps, Duration elapsed, String detail) {
    return label + ": " + of(done, steps) + "  " + clock(elapsed) + after(detail);
  }

  /** Time left if the rest goes as fast as what is done. */
  static Duration left(long done, long steps, Duration elapsed) {
    return Duration.ofMillis(Math.round((double) elapsed.toMillis() * (steps - done) / done));
  }

  static String clock(Duration duration) {
    long seconds = Math.round(duration.toMillis() / 1000.0);
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  private static String counts(long done, long steps, Duration elapsed, String detail) {
    String left =
        done > 0 && done < steps ? ", " + clock(left(done, steps, elapsed)) + " left" : "";
    return of(done, steps) + "  " + clock(elapsed) + left + after(detail);
  }

  /** A total can be an estimate, as where tasks work on a budget of tokens: none once passed. */
  private static String of(long done, long steps) {
    return steps > 0 && done <= steps ? done + "/" + steps : String.valueOf(done);
  }

  private static String after(String detail) {
    return detail.isEmpty() ? "" : "  " + detail;
  }
}
