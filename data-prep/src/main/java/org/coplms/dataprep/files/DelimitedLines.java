package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Reads the lines of delimited files whose fields hold no line breaks. */
final class DelimitedLines implements LineRecords.Parser {
  private final String delimiter;
  private final String quote;
  private final DelimitedNames names;

  private DelimitedLines(String delimiter, String quote, DelimitedNames names) {
    this.delimiter = delimiter;
    this.quote = quote;
    this.names = names;
  }

  /** A reader of one block, which looks the header up at the beginning of the file. */
  static RecordReader of(Configuration hadoop, Block block, CsvOptions csv, RecordLayout layout)
      throws IOException {
    String delimiter = delimiter(block.file(), csv);
    DelimitedNames names = DelimitedNames.withoutHeader(layout);
    long headerOffset = -1;
    if (csv.header()) {
      InputFile file = block.file();
      try (Lines lines = Lines.of(hadoop, new Block(file, 0, file.bytes()))) {
        names = DelimitedNames.unusable("is missing");
        while (headerOffset < 0 && lines.next()) {
          if (!Lines.isBlank(lines.bytes())) {
            headerOffset = lines.offset();
            names = names(lines.bytes(), delimiter, csv.quote());
          }
        }
      } catch (IOException e) {
        if (!file.compressed()) {
          throw e;
        }
        // The reader of the records finds the damage and reports it.
      }
    }
    return new LineRecords(
        Lines.of(hadoop, block),
        new DelimitedLines(delimiter, csv.quote(), names),
        block.file().compressed(),
        headerOffset);
  }

  static String delimiter(InputFile file, CsvOptions csv) {
    return file.format() == FileFormat.TSV ? "\t" : csv.delimiter();
  }

  private static DelimitedNames names(byte[] line, String delimiter, String quote) {
    try {
      return DelimitedNames.ofHeader(values(Text.decode(line), delimiter, quote), false);
    } catch (UnusableRecordException e) {
      return DelimitedNames.unusable("is unusable: " + e.getMessage());
    }
  }

  @Override
  public ObjectNode parse(String line) throws UnusableRecordException {
    CsvParser.Values values = values(line, delimiter, quote);
    if (values.fault() == CsvParser.Fault.OPEN_QUOTE) {
      throw DelimitedNames.notCsv(
          "a quoted field does not end on its line; if fields hold line breaks, set"
              + " csv.multi-line = true");
    }
    return names.object(values);
  }

  private static CsvParser.Values values(String line, String delimiter, String quote)
      throws UnusableRecordException {
    try {
      Optional<CsvParser.Values> values =
          new CsvParser(new StringReader(line), delimiter, quote).next();
      return values.orElseThrow(() -> DelimitedNames.notCsv("the line holds no field"));
    } catch (IOException e) {
      throw new UncheckedIOException("A text in memory cannot be read", e);
    }
  }
}
