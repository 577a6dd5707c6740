package org.coplms.dataprep.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Streams a delimited file whose fields may hold line breaks. */
final class DelimitedReader implements RecordReader {
  private final Utf8Reader text;
  private final String delimiter;
  private final CsvOptions csv;
  private CsvParser parser;
  private DelimitedNames names;
  private long lastLine = 1;
  private boolean headerRead;
  private boolean ended;

  DelimitedReader(InputStream in, String delimiter, CsvOptions csv, RecordLayout layout) {
    text = Utf8Reader.of(in);
    this.delimiter = delimiter;
    this.csv = csv;
    names = DelimitedNames.withoutHeader(layout);
  }

  @Override
  public Optional<RawRecord> next() {
    if (ended) {
      return Optional.empty();
    }
    try {
      if (parser == null) {
        parser = new CsvParser(text, delimiter, csv.quote());
      }
      if (csv.header() && !headerRead) {
        headerRead = true;
        Optional<CsvParser.Values> header = parser.next();
        if (header.isPresent()) {
          CsvParser.Values values = header.get();
          names = DelimitedNames.ofHeader(values, text.damaged(values.from(), values.to()));
          if (values.fault() == CsvParser.Fault.OPEN_QUOTE) {
            return Optional.of(record(values));
          }
        }
      }
      Optional<CsvParser.Values> values = parser.next();
      ended = values.isEmpty();
      return values.map(this::record);
    } catch (IOException e) {
      ended = true;
      return Optional.of(
          new RawRecord.Unreadable(
              lastLine,
              RecordReader.broken("the file is damaged (%s)".formatted(e.getMessage())),
              ""));
    }
  }

  private RawRecord record(CsvParser.Values values) {
    lastLine = values.line();
    String whole = text.text(values.from(), values.to());
    boolean damaged = text.damaged(values.from(), values.to());
    text.forget(values.to());
    try {
      if (values.fault() == CsvParser.Fault.OPEN_QUOTE) {
        ended = true;
        throw RecordReader.broken(
            "a quoted field that begins in this record does not end; correct its quotes");
      }
      if (damaged) {
        throw Text.notUtf8();
      }
      return new RawRecord.Whole(values.line(), names.object(values));
    } catch (UnusableRecordException e) {
      return new RawRecord.Unreadable(values.line(), e, whole);
    }
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
