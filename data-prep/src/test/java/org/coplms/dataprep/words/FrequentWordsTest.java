package org.coplms.dataprep.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.words.FrequentWords.Limits;
import org.coplms.dataprep.words.FrequentWords.Totals;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

@Tag("spark")
class FrequentWordsTest {
  private static final String LETTERS = " ?\\p{L}+";

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2, 3);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void theMostFrequentAreKeptWithWhatTheyAmountTo() {
    FrequentWords words = count(new Limits(2, 10), "né né né", "of of", "one of", "😀😀😀");

    assertThat(words.counts()).containsExactly(Map.entry(" né", 2L), Map.entry(" of", 2L));
    assertThat(words.all()).isEqualTo(new Totals(6, 8, 11 + 5 + 6 + 12));
    assertThat(words.kept()).isEqualTo(new Totals(2, 4, 2 * 4 + 2 * 3));
  }

  @Test
  void rareWordsAreKeptWhenAskedFor() {
    assertThat(count(new Limits(1, 10), "b a", "b").counts())
        .containsExactly(Map.entry("b", 2L), Map.entry(" a", 1L));
  }

  @Test
  void tiesAreCutInTheOrderOfTheWordsBytes() {
    FrequentWords words = count(new Limits(1, 3), "ä", "z", "b", "𝒂", "日");

    assertThat(words.counts().keySet()).containsExactly("b", "z", "ä");
    assertThat(words.all().words()).isEqualTo(5);
  }

  @Test
  void partitionsAndOrderChangeNothing() {
    List<String> texts = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      texts.add("w" + (char) ('a' + random.nextInt(26)) + " of x" + (char) ('a' + i % 26));
    }
    FrequentWords once = count(table(texts, 1), new Limits(2, 30));
    Collections.shuffle(texts, random);

    FrequentWords again = count(table(texts, 7), new Limits(2, 30));

    assertThat(again).isEqualTo(once);
    assertThat(List.copyOf(again.counts().keySet())).isEqualTo(List.copyOf(once.counts().keySet()));
    assertThat(once.counts()).hasSize(30);
  }

  @Test
  void nothingToCountIsNothing() {
    FrequentWords words = count(new Limits(1, 5), "", "");

    assertThat(words.counts()).isEmpty();
    assertThat(words.all()).isEqualTo(new Totals(0, 0, 0));
  }

  @Test
  void allColumnsCountAndNullIsNone() {
    Dataset<Row> table =
        spark.sql(
            "select * from values ('a b', array('b', null)), (null, null), ('c', array()) as t(x, y)");

    assertThat(count(table, new Limits(1, 9)).counts())
        .isEqualTo(Map.of("a", 1L, " b", 1L, "b", 1L, "c", 1L));
  }

  @Test
  void bytesReadAreThoseOfTheTexts() {
    LongAccumulator bytes = spark.sparkContext().longAccumulator();
    FrequentWords.count(table(List.of("né", "😀 z"), 1), new Limits(1, 9), LETTERS, bytes);

    assertThat(bytes.value()).isEqualTo(3 + 6);
  }

  /** A table that holds one word at a time gives the counts of one that holds all. */
  @Test
  void aSmallTableCountsTheSame() {
    List<Row> rows =
        List.of(RowFactory.create("a b a"), RowFactory.create("b a"), RowFactory.create("a"));

    Map<String, Long> all = combined(rows, 1 << 20);

    assertThat(combined(rows, 1)).isEqualTo(all).hasSize(4);
    assertThat(parts(rows, 1)).isGreaterThan(parts(rows, 1 << 20));
  }

  private static Map<String, Long> combined(List<Row> rows, long tableChars) {
    Map<String, Long> counts = new TreeMap<>();
    counter(tableChars)
        .call(rows.iterator())
        .forEachRemaining(word -> counts.merge(word._1(), word._2(), Long::sum));
    return counts;
  }

  private static int parts(List<Row> rows, long tableChars) {
    Iterator<Tuple2<String, Long>> words = counter(tableChars).call(rows.iterator());
    int parts = 0;
    for (; words.hasNext(); words.next()) {
      parts++;
    }
    return parts;
  }

  private static CombinedCounts counter(long tableChars) {
    return new CombinedCounts(LETTERS, new LongAccumulator(), tableChars);
  }

  @Test
  void impossibleLimitsAreRefusedTogether() {
    assertThatThrownBy(() -> new Limits(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("min-count must be at least 1, got 0; max-words must be at least 1, got 0");
  }

  private static FrequentWords count(Limits limits, String... texts) {
    return count(table(Arrays.asList(texts), 2), limits);
  }

  private static FrequentWords count(Dataset<Row> texts, Limits limits) {
    return FrequentWords.count(texts, limits, LETTERS, spark.sparkContext().longAccumulator());
  }

  private static Dataset<Row> table(List<String> texts, int partitions) {
    return spark.createDataset(texts, Encoders.STRING()).toDF().repartition(partitions);
  }
}
