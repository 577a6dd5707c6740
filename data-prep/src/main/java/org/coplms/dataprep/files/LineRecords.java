package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads a block in which each line that is not blank is a record. */
final class LineRecords implements RecordReader {
  /** A line's text → its record. */
  interface Parser {
    ObjectNode parse(String line) throws UnusableRecordException;
  }

  private final Lines lines;
  private final Parser parser;
  private final boolean compressed;
  private final long header;
  private boolean ended;

  /**
   * @param header where the line begins that is no record, or -1
   */
  LineRecords(Lines lines, Parser parser, boolean compressed, long header) {
    this.lines = lines;
    this.parser = parser;
    this.compressed = compressed;
    this.header = header;
  }

  static ObjectNode parseJson(String line) throws UnusableRecordException {
    return Json.object(line, "on each line");
  }

  @Override
  public Optional<RawRecord> next() throws IOException {
    while (!ended) {
      try {
        ended = !lines.next();
        byte[] line = ended ? new byte[0] : lines.bytes();
        if (!Lines.isBlank(line) && lines.offset() != header) {
          return Optional.of(record(line));
        }
      } catch (IOException e) {
        if (!compressed) {
          throw e;
        }
        ended = true;
        return Optional.of(
            new RawRecord.Unreadable(
                lines.number() + 1,
                RecordReader.broken("the file is damaged (%s)".formatted(e.getMessage())),
                ""));
      }
    }
    return Optional.empty();
  }

  private RawRecord record(byte[] line) {
    try {
      return new RawRecord.Whole(lines.number(), parser.parse(Text.decode(line)));
    } catch (UnusableRecordException e) {
      // Decodes with replacements, as the text need not be UTF-8.
      String text = new String(line, StandardCharsets.UTF_8);
      return new RawRecord.Unreadable(lines.number(), e, Text.bounded(text));
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
