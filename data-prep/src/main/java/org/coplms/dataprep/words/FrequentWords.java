package org.coplms.dataprep.words;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.sum;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.coplms.dataprep.Problems;
import scala.Tuple2;

/**
 * The most frequent words of texts, for training a tokenizer. All words are counted and sorted on
 * the executors; the kept ones alone come to the driver.
 *
 * @param counts by word, the most frequent first, ties by the words' bytes
 * @param all what all words amount to
 * @param kept what those of {@code counts} amount to
 */
public record FrequentWords(Map<String, Long> counts, Totals all, Totals kept) {
  private static final String WORD = "word";
  private static final String COUNT = "count";

  public FrequentWords {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
  }

  /**
   * What words amount to.
   *
   * @param words how many different ones
   * @param occurrences how often they occur, all together
   * @param bytes of all occurrences in UTF-8
   */
  public record Totals(long words, long occurrences, long bytes) {}

  /**
   * Which words are kept.
   *
   * @param minCount rarer ones are left out
   * @param maxWords so many at most, the most frequent
   */
  public record Limits(long minCount, int maxWords) {
    public Limits {
      Problems problems = new Problems();
      problems.require(minCount >= 1, "min-count must be at least 1, got " + minCount);
      problems.requireAtLeast(1, "max-words", maxWords);
      problems.throwIfAny();
    }
  }

  /**
   * Counts the words of texts; the same whatever the partitions and their order.
   *
   * @param texts columns that are each a string or a list of strings, null being none
   * @param pattern a Java regular expression: its matches are words, and so is what stands between
   *     them
   * @param bytesRead gets the texts' lengths in UTF-8, for showing progress
   */
  public static FrequentWords count(
      Dataset<Row> texts, Limits limits, String pattern, LongAccumulator bytesRead) {
    Dataset<Row> counted =
        texts
            .mapPartitions(
                new CombinedCounts(pattern, bytesRead),
                Encoders.tuple(Encoders.STRING(), Encoders.LONG()))
            .toDF(WORD, COUNT)
            .groupBy(WORD)
            .agg(sum(COUNT).as(COUNT))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Totals all = totals(counted);
      Map<String, Long> kept = mostFrequent(counted, limits);
      return new FrequentWords(kept, all, totals(kept));
    } finally {
      counted.unpersist();
    }
  }

  private static Totals totals(Dataset<Row> counted) {
    Row row =
        counted
            .agg(
                functions.count(lit(1)),
                coalesce(sum(COUNT), lit(0L)),
                coalesce(sum(col(COUNT).multiply(octet_length(col(WORD)))), lit(0L)))
            .first();
    return new Totals(row.getLong(0), row.getLong(1), row.getLong(2));
  }

  private static Totals totals(Map<String, Long> words) {
    long occurrences = 0;
    long bytes = 0;
    for (Map.Entry<String, Long> word : words.entrySet()) {
      occurrences += word.getValue();
      bytes += word.getValue() * Utf8.length(word.getKey());
    }
    return new Totals(words.size(), occurrences, bytes);
  }

  /** By a sort on the executors: Spark's own limit would bring so many of each partition here. */
  private static Map<String, Long> mostFrequent(Dataset<Row> counted, Limits limits) {
    List<Tuple2<Row, Long>> kept =
        counted
            .where(col(COUNT).geq(limits.minCount()))
            .orderBy(col(COUNT).desc(), col(WORD))
            .toJavaRDD()
            .zipWithIndex()
            .filter(new BelowFn(limits.maxWords()))
            .collect();
    Map<String, Long> words = new LinkedHashMap<>();
    kept.forEach(ranked -> words.put(ranked._1().getString(0), ranked._1().getLong(1)));
    return words;
  }

  /** Whether a row's rank is below a limit. */
  private static final class BelowFn implements Function<Tuple2<Row, Long>, Boolean> {
    private static final long serialVersionUID = 1L;

    private final long limit;

    BelowFn(long limit) {
      this.limit = limit;
    }

    @Override
    public Boolean call(Tuple2<Row, Long> ranked) {
      return ranked._2() < limit;
    }
  }
}
