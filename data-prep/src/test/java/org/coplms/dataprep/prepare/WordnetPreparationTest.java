package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class WordnetPreparationTest {
  private static final WordnetSpec BENCHMARK = WordnetSpec.benchmark(150);
  private static final PrepareSpec SPEC = new PrepareSpec(11, BENCHMARK, 4, 0.7);

  @TempDir static Path folder;

  private static SparkSession spark;
  private static String data;
  private static DataStatistics statistics;

  @BeforeAll
  static void prepare() {
    spark = LocalSpark.start(2, 2);
    data = folder.resolve("data").toString();
    statistics = Preparation.prepare(spark, SPEC, data);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void everySplitHasItsSize() {
    assertThat(statistics.counts().duplicates()).isZero();
    assertThat(statistics.devices()).containsExactly(0, 1, 2, 3);
    BenchmarkAssertions.everySplitHasItsSize(statistics, BENCHMARK);
  }

  @Test
  void noSynsetStandsInTwoSplits() {
    Map<String, String> places = new HashMap<>();
    for (Row row :
        Prepared.all(spark, data)
            .filter("split != '%s'".formatted(Splits.PRETRAIN_SLM))
            .collectAsList()) {
      String id = row.getAs(ExampleSchema.ID);
      String synset = id.substring(id.lastIndexOf('-') + 1);
      String place =
          row.<Integer>getAs(ExampleSchema.DEVICE) + row.<String>getAs(ExampleSchema.SPLIT);
      assertThat(synset).matches("\\d{8}");
      assertThat(places.put(synset, place)).as("%s in %s", id, place).isNull();
    }
    assertThat(places).hasSize(1600 + 200 + 280 + 4 * 350);
  }

  @Test
  void deviceOnlyDomainsAreOnDevicesAndInTheTestAlone() {
    BenchmarkAssertions.deviceOnlyDomainsAreOnDevicesAndInTheTestAlone(statistics, BENCHMARK);
  }

  @Test
  void moreDevicesLeaveTheServersDataAlone() {
    String other = folder.resolve("more-devices").toString();
    Preparation.prepare(spark, new PrepareSpec(11, WordnetSpec.benchmark(40), 5, 1.0), other);
    for (String split : Splits.SERVER) {
      assertThat(LocalSpark.content(Prepared.server(spark, other, split)))
          .isEqualTo(LocalSpark.content(Prepared.server(spark, data, split)));
    }
  }

  @Test
  void tooFewSynsetsIsOneErrorWithTheNumbersOfEveryDomain() {
    WordnetSpec greedy =
        new WordnetSpec(
            List.of("animal", "motive", "shape"),
            List.of(),
            new DomainCounts(100, 10, 20, 40),
            new DeviceCounts(10, 0, 0),
            new Mixture(0, 0, 0));
    PrepareSpec spec = new PrepareSpec(1, greedy, 1, 100);
    assertThatThrownBy(() -> Preparation.prepare(spark, spec, folder.resolve("no").toString()))
        .isInstanceOf(PreparationException.class)
        .hasMessageMatching(
            "The wordnet source gives one example of a synset: motive offers \\d\\d synsets and"
                + " 16\\d are asked for, shape offers 1\\d\\d synsets and 16\\d are asked for;"
                + " lower .*")
        .hasMessageNotContaining("animal");
    assertThat(folder.resolve("no")).doesNotExist();
  }
}
