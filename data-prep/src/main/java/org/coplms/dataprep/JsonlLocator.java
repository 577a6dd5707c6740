package org.coplms.dataprep;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.util.LineReader;

/** Finds the number of the first unusable line of a file, reading it as a stream. */
final class JsonlLocator {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private JsonlLocator() {}

  /**
   * The error with file, line number (from 1) and reason.
   *
   * @param file a URI, as Spark's {@code _metadata.file_path} gives it
   */
  static Optional<PreparationException> firstUnusable(Configuration hadoop, String file) {
    Path path = new Path(URI.create(file));
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(path);
    try (InputStream raw = path.getFileSystem(hadoop).open(path);
        InputStream in = codec == null ? raw : codec.createInputStream(raw);
        LineReader lines = new LineReader(in)) {
      Text line = new Text();
      for (long number = 1; lines.readLine(line) > 0; number++) {
        byte[] bytes = number == 1 ? withoutMark(line.copyBytes()) : line.copyBytes();
        Optional<String> problem = problem(bytes);
        if (problem.isPresent()) {
          return Optional.of(
              new PreparationException(
                  "%s, line %d: %s".formatted(shown(path), number, problem.get())));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Reading %s failed".formatted(file), e);
    }
  }

  private static Optional<String> problem(byte[] line) {
    if (JsonlParser.isBlank(line)) {
      return Optional.empty();
    }
    try {
      Item unused = JsonlParser.parse(line);
      return Optional.empty();
    } catch (JsonlParser.UnusableLineException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Spark's reader drops the mark too. */
  private static byte[] withoutMark(byte[] line) {
    int mark = BYTE_ORDER_MARK.length;
    boolean marked = line.length >= mark && Arrays.equals(line, 0, mark, BYTE_ORDER_MARK, 0, mark);
    return marked ? Arrays.copyOfRange(line, mark, line.length) : line;
  }

  /** Local files as people write them. */
  static String shown(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }
}
