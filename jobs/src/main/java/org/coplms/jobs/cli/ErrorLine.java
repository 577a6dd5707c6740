package org.coplms.jobs.cli;

import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.AnalysisException;

/**
 * An exception as one line for the user.
 *
 * @param text what went wrong
 * @param exitCode 2 where the user can mend it, 1 where we must
 */
record ErrorLine(String text, int exitCode) {
  static final int USER = 2;
  static final int INTERNAL = 1;

  private static final String OWN = "org.coplms.";

  /** What Spark says of a file in which its reader failed; the reason is the root cause. */
  private static final Pattern UNREADABLE =
      Pattern.compile(
          "(?:\\[\\w+] )?(?:Encountered error while reading file|Could not read footer for file:) (.+?)\\. (?:Details|Please).*",
          Pattern.DOTALL);

  /** Finds the cause that says most: the deepest one that the user can mend, or else the root. */
  static ErrorLine of(Throwable thrown) {
    List<Throwable> chain = chain(thrown);
    if (chain.stream().anyMatch(OutOfMemoryError.class::isInstance)) {
      return new ErrorLine(
          "out of memory: set COPLMS_HEAP (now %d MiB), or --driver-memory and --executor-memory with spark-submit"
              .formatted(Runtime.getRuntime().maxMemory() >> 20),
          USER);
    }
    for (Throwable cause : chain) {
      if (forUser(cause)) {
        return new ErrorLine(message(cause), USER);
      }
    }
    Throwable root = chain.get(chain.size() - 1);
    for (Throwable cause : chain) {
      Matcher unreadable = UNREADABLE.matcher(String.valueOf(cause.getMessage()));
      if (unreadable.matches()) {
        return new ErrorLine(
            "cannot read the file %s (%s); is it whole, and of the format that it is read as?"
                .formatted(unreadable.group(1), describe(root)),
            USER);
      }
    }
    return new ErrorLine("unexpected " + describe(root), INTERNAL);
  }

  /**
   * The outermost that is meant for the user decides: exceptions of ours wrap the details of
   * others.
   */
  private static boolean forUser(Throwable thrown) {
    return thrown.getMessage() != null
        && (thrown instanceof IllegalArgumentException
            || thrown instanceof UncheckedIOException
            || thrown instanceof FileNotFoundException
            || thrown instanceof NoSuchFileException
            || thrown instanceof AnalysisException
            || thrown.getClass().getName().startsWith(OWN));
  }

  private static String message(Throwable thrown) {
    if (thrown instanceof UncheckedIOException
        && thrown.getCause() instanceof NoSuchFileException e) {
      return "File not found: " + e.getFile();
    }
    if (thrown instanceof NoSuchFileException e) {
      return "File not found: " + e.getFile();
    }
    if (thrown instanceof UncheckedIOException && thrown.getCause() != null) {
      Throwable cause = thrown.getCause();
      String own = cause.toString();
      boolean clear = own.equals(thrown.getMessage()) && cause.getMessage() != null;
      return clear ? cause.getMessage() : thrown.getMessage();
    }
    return thrown.getMessage();
  }

  private static String describe(Throwable thrown) {
    String message = thrown.getMessage();
    return thrown.getClass().getSimpleName() + (message == null ? "" : ": " + firstLine(message));
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }

  private static List<Throwable> chain(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable t = thrown; t != null && seen.add(t); t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }
}
