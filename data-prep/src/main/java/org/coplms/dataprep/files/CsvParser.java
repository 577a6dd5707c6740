package org.coplms.dataprep.files;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads delimited values (RFC 4180), strictly: what a broken quote would swallow or cut becomes a
 * problem of that record. Parsers that repair make other texts of it in silence.
 */
final class CsvParser {
  /** A quoted field longer than this is one whose closing quote is missing. */
  private static final int MOST_CHARS = 1 << 24;

  private static final int END = -1;
  private static final int NO_QUOTE = -2;

  /** What is wrong with a record; its cells are then incomplete. */
  enum Fault {
    NONE,
    TEXT_AFTER_QUOTE,
    /** Nothing after it can be read. */
    OPEN_QUOTE
  }

  /**
   * One record.
   *
   * @param line on which it begins, from 1
   * @param from position of its first character
   * @param to position after its last one, line end included
   */
  record Values(long line, long from, long to, List<String> cells, Fault fault) {}

  private final Reader in;
  private final int delimiter;
  private final int quote;
  private final StringBuilder cell = new StringBuilder();
  private int next;
  private long consumed;
  private long line = 1;

  /**
   * @param delimiter one character
   * @param quote one character, or empty for none
   */
  CsvParser(Reader in, String delimiter, String quote) throws IOException {
    this.in = in;
    this.delimiter = delimiter.charAt(0);
    this.quote = quote.isEmpty() ? NO_QUOTE : quote.charAt(0);
    next = read();
  }

  /** The next record, or nothing at the end. Blank lines are no records. */
  Optional<Values> next() throws IOException {
    while (next != END) {
      long from = position();
      long begin = line;
      boolean blank = true;
      Fault fault = Fault.NONE;
      List<String> cells = new ArrayList<>();
      boolean more = true;
      while (more) {
        blank &= next != quote;
        fault = next == quote ? quoted() : plain();
        blank &= isBlank(cell);
        cells.add(cell.toString());
        more = fault == Fault.NONE && next == delimiter;
        if (more) {
          blank &= isBlank(delimiter);
          advance();
        }
      }
      leaveLine();
      if (!blank) {
        return Optional.of(new Values(begin, from, position(), cells, fault));
      }
    }
    return Optional.empty();
  }

  private Fault plain() throws IOException {
    cell.setLength(0);
    while (next != END && next != delimiter && !isLineBreak()) {
      cell.append((char) next);
      advance();
    }
    return Fault.NONE;
  }

  private Fault quoted() throws IOException {
    cell.setLength(0);
    advance();
    while (next != END && cell.length() < MOST_CHARS) {
      if (next == quote) {
        advance();
        if (next != quote) {
          boolean ended = next == END || next == delimiter || isLineBreak();
          return ended ? Fault.NONE : Fault.TEXT_AFTER_QUOTE;
        }
      }
      cell.append((char) next);
      advance();
    }
    next = END;
    return Fault.OPEN_QUOTE;
  }

  /** Also leaves behind what a fault kept from being read. */
  private void leaveLine() throws IOException {
    while (next != END && !isLineBreak()) {
      advance();
    }
    if (next == '\r') {
      advance();
    }
    if (next == '\n') {
      advance();
    }
  }

  /** Counts a line for {@code \n}, {@code \r} and the two together. */
  private void advance() throws IOException {
    int before = next;
    next = read();
    if (before == '\n' || (before == '\r' && next != '\n')) {
      line++;
    }
  }

  private int read() throws IOException {
    int c = in.read();
    if (c != END) {
      consumed++;
    }
    return c;
  }

  private long position() {
    return next == END ? consumed : consumed - 1;
  }

  private boolean isLineBreak() {
    return next == '\n' || next == '\r';
  }

  private static boolean isBlank(CharSequence text) {
    return text.chars().allMatch(CsvParser::isBlank);
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }
}
