package org.coplms.dataprep.words;

import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Counts the words of a partition's texts in a table of bounded size, so that frequent words cross
 * the shuffle a few times instead of each time they occur. A word can be given more than once, with
 * a part of its count each time.
 */
final class CombinedCounts implements MapPartitionsFunction<Row, Tuple2<String, Long>> {
  private static final long serialVersionUID = 1L;

  /** Some 32 MiB of words, their entries included. */
  private static final long TABLE_CHARS = 16L << 20;

  private static final int ENTRY_CHARS = 48;

  private final Pattern pattern;
  private final long tableChars;
  private final LongAccumulator bytesRead;

  /**
   * A counter of the words in all columns, each a string or a list of strings.
   *
   * @param pattern a Java regular expression, see {@link WordPieces}
   * @param bytesRead gets the texts' lengths in UTF-8
   */
  CombinedCounts(String pattern, LongAccumulator bytesRead) {
    this(pattern, bytesRead, TABLE_CHARS);
  }

  CombinedCounts(String pattern, LongAccumulator bytesRead, long tableChars) {
    this.pattern = Pattern.compile(pattern);
    this.bytesRead = bytesRead;
    this.tableChars = tableChars;
  }

  @Override
  public Iterator<Tuple2<String, Long>> call(Iterator<Row> rows) {
    return new Tables(rows);
  }

  /** How often a word occurred. */
  private static final class Count {
    private long value;
  }

  /** Fills one table after the other. */
  private final class Tables implements Iterator<Tuple2<String, Long>> {
    private final Iterator<Row> rows;
    private final Matcher matches = pattern.matcher("");
    private Iterator<Map.Entry<String, Count>> ready = Collections.emptyIterator();
    private Map<String, Count> table = new HashMap<>();
    private long chars;

    Tables(Iterator<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && rows.hasNext()) {
        fill();
      }
      return ready.hasNext();
    }

    @Override
    public Tuple2<String, Long> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Map.Entry<String, Count> word = ready.next();
      return new Tuple2<>(word.getKey(), word.getValue().value);
    }

    private void fill() {
      table = new HashMap<>();
      chars = 0;
      while (chars < tableChars && rows.hasNext()) {
        Row row = rows.next();
        for (int column = 0; column < row.size(); column++) {
          texts(row, column).forEach(this::count);
        }
      }
      ready = table.entrySet().iterator();
    }

    private void count(String text) {
      if (text != null) {
        bytesRead.add(Utf8.length(text));
        WordPieces.forEach(matches, text, this::countWord);
      }
    }

    private void countWord(String word) {
      Count count = table.get(word);
      if (count == null) {
        count = new Count();
        table.put(word, count);
        chars += word.length() + ENTRY_CHARS;
      }
      count.value++;
    }

    private static List<String> texts(Row row, int column) {
      if (row.isNullAt(column)) {
        return List.of();
      }
      return row.get(column) instanceof String text ? List.of(text) : row.getList(column);
    }
  }
}
