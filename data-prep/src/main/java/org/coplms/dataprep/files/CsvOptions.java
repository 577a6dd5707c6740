package org.coplms.dataprep.files;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * How CSV and TSV files are written. A quote in a quoted field is doubled.
 *
 * @param header whether the first line that is not blank names the columns; else they are {@code
 *     _c0}, {@code _c1} and so on, or the layout's
 * @param delimiter one character between the fields of a CSV file; a TSV file has tabs
 * @param quote one character round fields, or empty: no field is quoted
 * @param multiLine whether quoted fields may hold line breaks; each file is then read by one task
 */
public record CsvOptions(boolean header, String delimiter, String quote, boolean multiLine)
    implements Serializable {
  public CsvOptions {
    Problems problems = new Problems();
    problems.require(
        delimiter != null && delimiter.length() == 1 && !isLineBreak(delimiter),
        "delimiter must be one character and no line break, got '%s'".formatted(delimiter));
    problems.require(
        quote != null && quote.length() <= 1 && !isLineBreak(quote),
        "quote must be one character or empty, got '%s'".formatted(quote));
    problems.require(
        delimiter == null || !delimiter.equals(quote),
        "delimiter and quote must differ, got '%s' for both".formatted(delimiter));
    problems.throwIfAny();
  }

  /** A header, commas, double quotes, no line breaks in fields. */
  public static CsvOptions defaults() {
    return new CsvOptions(true, ",", "\"", false);
  }

  private static boolean isLineBreak(String text) {
    return text.equals("\n") || text.equals("\r");
  }
}
