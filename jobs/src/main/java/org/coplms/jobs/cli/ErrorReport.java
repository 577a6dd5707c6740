package org.coplms.jobs.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.coplms.udfs.store.HadoopFiles;

/** Keeps the stack trace of an unexpected error where the user can find it. */
final class ErrorReport {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private ErrorReport() {}

  static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  /** Writes the trace into the run's logs, or else into a temporary file; returns the place. */
  static String write(Throwable thrown, Optional<String> run) {
    byte[] bytes = stackTrace(thrown).getBytes(StandardCharsets.UTF_8);
    String name = "error-" + STAMP.format(Instant.now()) + ".log";
    if (run.isEmpty()) {
      return writeTemporary(name, bytes);
    }
    String path = run.get() + "/logs/" + name;
    try {
      HadoopFiles.write(path, bytes, new Configuration());
      return path;
    } catch (UncheckedIOException | IllegalArgumentException e) {
      return writeTemporary(name, bytes);
    }
  }

  private static String writeTemporary(String name, byte[] bytes) {
    try {
      Path file = Files.createTempFile("coplms-", "-" + name);
      Files.write(file, bytes);
      return file.toString();
    } catch (IOException e) {
      return "nowhere (" + e.getMessage() + "); use --stacktrace";
    }
  }
}
