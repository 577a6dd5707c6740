package org.coplms.dataprep.words;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.ExampleSchema;

/** Counts words for training a tokenizer; only the counts come to the driver. */
public final class WordCounts {
  private WordCounts() {}

  /**
   * Counts the pieces of {@code prompt + separator + first response} over all rows. Each match of
   * the pattern is a piece and so is what stands between two matches, as in the {@code Isolated}
   * split of a {@code tokenizer.json}.
   *
   * @param examples rows with {@code prompt} and {@code responses}
   * @param prefix stands before prompt and response, as the tokenizer will put it there
   * @param pattern a Java regular expression
   * @return by word, in the order of the words
   */
  public static Map<String, Long> count(
      Dataset<Row> examples, String prefix, String separator, String pattern) {
    Map<String, Long> counts = new TreeMap<>();
    examples
        .select(col(ExampleSchema.PROMPT), col(ExampleSchema.RESPONSES).getItem(0).as("response"))
        .flatMap(new WordsFn(prefix, separator, Pattern.compile(pattern)), Encoders.STRING())
        .groupBy("value")
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    return counts;
  }

  /** (prompt, response) → its words. */
  private static final class WordsFn implements FlatMapFunction<Row, String> {
    private static final long serialVersionUID = 1L;

    private final String prefix;
    private final String separator;
    private final Pattern pattern;

    WordsFn(String prefix, String separator, Pattern pattern) {
      this.prefix = prefix;
      this.separator = separator;
      this.pattern = pattern;
    }

    @Override
    public Iterator<String> call(Row row) {
      String text = prefix + row.getString(0) + separator + prefix + row.getString(1);
      List<String> words = new ArrayList<>();
      WordPieces.forEach(pattern.matcher(text), text, words::add);
      return words.iterator();
    }
  }
}
