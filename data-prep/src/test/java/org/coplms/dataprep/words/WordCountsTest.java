package org.coplms.dataprep.words;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.Splits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class WordCountsTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2, 2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void countsPromptSeparatorAndFirstResponse() {
    assertThat(
            WordCounts.count(
                examples(row("12 in french?", "douze", "unseen"), row("2 in french?", "deux")),
                "",
                "\n",
                "\\p{N}| ?\\p{L}+"))
        .isEqualTo(
            Map.of("1", 1L, "2", 2L, " in", 2L, " french", 2L, "?\n", 2L, "douze", 1L, "deux", 1L));
  }

  @Test
  void whatThePatternLeavesOutIsAPieceToo() {
    assertThat(WordCounts.count(examples(row("a--b", "-")), "", "", "\\p{L}"))
        .isEqualTo(Map.of("a", 1L, "--", 1L, "b", 1L, "-", 1L));
  }

  @Test
  void aPrefixStandsBeforePromptAndResponse() {
    assertThat(WordCounts.count(examples(row("dog: a dog?", "dog")), " ", "\n", " ?\\p{L}+"))
        .isEqualTo(Map.of(" dog", 3L, ":", 1L, " a", 1L, "?\n", 1L));
  }

  private static Dataset<Row> examples(Row... rows) {
    return spark.createDataFrame(List.of(rows), ExampleSchema.EXAMPLES);
  }

  private static Row row(String prompt, String... responses) {
    return RowFactory.create("d/1", "d", prompt, responses, Splits.PRETRAIN, -1);
  }
}
