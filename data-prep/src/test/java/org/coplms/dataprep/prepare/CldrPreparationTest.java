package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.Splits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class CldrPreparationTest {
  private static final CldrSpec BENCHMARK = CldrSpec.benchmark(150);
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
    assertThat(statistics.counts()).isEqualTo(new RecordCounts(14_000, 14_000, 0, 0, 10_520));
    assertThat(statistics.devices()).containsExactly(0, 1, 2, 3);
    BenchmarkAssertions.everySplitHasItsSize(statistics, BENCHMARK);
  }

  @Test
  void theRowsAreWhatTheStatisticsSay() {
    assertThat(Prepared.server(spark, data, Splits.PUBLIC).count()).isEqualTo(200);
    assertThat(Prepared.devices(spark, data, Splits.TRAIN).count()).isEqualTo(600);
    assertThat(Prepared.statistics(data)).isEqualTo(statistics);
    assertThat(Prepared.devices(spark, data, Splits.TRAIN).schema().fieldNames())
        .containsExactly(ExampleSchema.EXAMPLES.fieldNames());
  }

  @Test
  void noIdStandsInTwoSplits() {
    Set<String> seen = new HashSet<>();
    for (String split : List.of(Splits.PRETRAIN, Splits.PUBLIC, Splits.TEST)) {
      assertThat(ids(Prepared.server(spark, data, split).collectAsList())).allMatch(seen::add);
    }
    for (String split : Splits.DEVICE) {
      assertThat(ids(Prepared.devices(spark, data, split).collectAsList())).allMatch(seen::add);
    }
    assertThat(seen).hasSize(1600 + 200 + 280 + 4 * 350);
  }

  @Test
  void theSlmsPretrainOnAPartOfTheLlmsData() {
    assertThat(ids(Prepared.server(spark, data, Splits.PRETRAIN).collectAsList()))
        .containsAll(ids(Prepared.server(spark, data, Splits.PRETRAIN_SLM).collectAsList()));
  }

  @Test
  void deviceOnlyLanguagesAreOnDevicesAndInTheTestAlone() {
    BenchmarkAssertions.deviceOnlyDomainsAreOnDevicesAndInTheTestAlone(statistics, BENCHMARK);
  }

  @Test
  void aboutTwoThirdsOfADevicesDataAreDeviceOnly() {
    for (int device : statistics.devices()) {
      long deviceOnly =
          List.of("de", "sv", "id").stream()
              .mapToLong(language -> statistics.rows(device, Splits.TRAIN, language))
              .sum();
      assertThat(deviceOnly).isBetween(94L, 101L);
    }
  }

  @Test
  void testAndValidationHaveTheDevicesOwnMixture() {
    for (int device : statistics.devices()) {
      for (String domain : statistics.domains()) {
        double expected = statistics.rows(device, Splits.TRAIN, domain) / 150.0;
        assertThat(statistics.rows(device, Splits.TEST, domain) / 100.0)
            .isBetween(expected - 0.02, expected + 0.02);
        assertThat(statistics.rows(device, Splits.VALIDATION, domain))
            .isEqualTo(statistics.rows(device, Splits.TEST, domain));
      }
    }
  }

  @Test
  void rowsHoldQuestionsAndAnswers() {
    Row row =
        Prepared.server(spark, data, Splits.PRETRAIN)
            .filter("domain = 'fr' AND prompt LIKE '%/%'")
            .orderBy(ExampleSchema.ID)
            .first();
    assertThat(row.<String>getAs(ExampleSchema.ID)).startsWith("fr/date-");
    assertThat(row.<String>getAs(ExampleSchema.PROMPT)).matches("\\d+/\\d+/\\d{4} in french\\?");
    assertThat(row.<String>getList(3)).singleElement().asString().matches("\\d+(er)? \\S+ \\d{4}");
    assertThat(row.<Integer>getAs(ExampleSchema.DEVICE)).isEqualTo(-1);
  }

  @Test
  void moreDevicesLeaveTheServersDataAlone() {
    String other = folder.resolve("more-devices").toString();
    Preparation.prepare(spark, new PrepareSpec(11, CldrSpec.benchmark(100), 6, 1.0), other);
    for (String split : Splits.SERVER) {
      assertThat(LocalSpark.content(Prepared.server(spark, other, split)))
          .isEqualTo(LocalSpark.content(Prepared.server(spark, data, split)));
    }
  }

  @Test
  void aSecondRunTouchesNothing() throws Exception {
    Path file = Path.of(data, "statistics.json");
    var before = Files.getLastModifiedTime(file);
    assertThat(Preparation.isComplete(data, SPEC)).isTrue();
    assertThat(Preparation.prepare(spark, SPEC, data)).isEqualTo(statistics);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
  }

  @Test
  void aFolderOfAnotherSpecificationIsRefused() {
    PrepareSpec other = new PrepareSpec(12, CldrSpec.benchmark(200), 4, 0.7);
    for (ThrowingCallable attempt :
        List.<ThrowingCallable>of(
            () -> Preparation.prepare(spark, other, data),
            () -> Preparation.isComplete(data, other))) {
      assertThatThrownBy(attempt)
          .isInstanceOf(PreparationException.class)
          .hasMessageContaining(data)
          .hasMessageContaining("seed: 11 there, 12 here")
          .hasMessageContaining("source.perDevice.train: 150 there, 200 here");
    }
  }

  @Test
  void withoutStatisticsTheFolderIsNotComplete() throws Exception {
    String cut = folder.resolve("cut").toString();
    PrepareSpec small = new PrepareSpec(1, CldrSpec.benchmark(100), 4, 0.7);
    Preparation.prepare(spark, small, cut);
    List<String> content = LocalSpark.content(Prepared.devices(spark, cut, Splits.TRAIN));
    Path file = Path.of(cut, "statistics.json");
    Files.writeString(file, Files.readString(file).substring(0, 100));
    assertThat(Preparation.isComplete(cut, small)).isFalse();
    assertThatThrownBy(() -> Prepared.server(spark, cut, Splits.PUBLIC))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("run prepare");
    Preparation.prepare(spark, small, cut);
    assertThat(LocalSpark.content(Prepared.devices(spark, cut, Splits.TRAIN))).isEqualTo(content);
  }

  @Test
  void tooManyExamplesOfALanguageIsOneClearError() {
    PrepareSpec huge = new PrepareSpec(1, CldrSpec.benchmark(40_000), 4, 0.7);
    assertThatThrownBy(() -> Preparation.prepare(spark, huge, folder.resolve("no").toString()))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("at most 15,000 examples of a language");
    assertThat(folder.resolve("no")).doesNotExist();
  }

  @Test
  void anUnknownSplitIsRefused() {
    assertThatThrownBy(() -> Prepared.devices(spark, data, "public"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[train, validation, test]");
  }

  private static List<String> ids(List<Row> rows) {
    return rows.stream().map(row -> row.<String>getAs(ExampleSchema.ID)).toList();
  }
}
