package org.coplms.jobs.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.coplms.jobs.comparison.Scene.answer;
import static org.coplms.jobs.comparison.Scene.info;
import static org.coplms.jobs.comparison.Scene.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.store.RunStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class ComparisonTest {
  private static SparkSession spark;

  @TempDir Path folder;
  private Scene scene;

  @BeforeAll
  static void open() {
    spark = Scene.session();
  }

  @AfterAll
  static void close() {
    spark.stop();
  }

  @BeforeEach
  void scene() {
    scene = new Scene(spark, folder);
  }

  /** Device 0: (1 + 0) / 2, device 1: 1; so 75 in seed 1 and, all wrong, 0 in seed 2. */
  @Test
  void meansAreOverDevicesThenSeeds() {
    List<Row> first =
        List.of(
            answer(0, "de", "a", 1, 1), answer(0, "xx", "b", 0.5, 0), answer(1, "de", "c", 1, 1));
    List<Row> second = List.of(answer(0, "de", "a", 0.5, 0), answer(1, "de", "c", 0, 0));
    JsonNode tree =
        read(
                info(method("co-plms")),
                List.of(
                    scene.cell("co-plms", 1, scene.base(1, untuned(0)), first),
                    scene.cell("co-plms", 2, scene.base(2, untuned(1)), second)))
            .metricsJson();
    JsonNode own = tree.path("co-plms");
    assertThat(own.path("exactMatch").asDouble()).isEqualTo(37.5);
    assertThat(own.path("rougeL").asDouble()).isEqualTo((87.5 + 25) / 2);
    assertThat(own.path("examples").asInt()).isEqualTo(5);
    assertThat(own.path("seeds").asInt()).isEqualTo(2);
    assertThat(own.path("exactMatch_sd").asDouble()).isCloseTo(53.033, within(1e-4));
    assertThat(own.at("/micro/exactMatch").asDouble()).isCloseTo(100 / 3.0, within(1e-4));
    assertThat(own.at("/by_seed/1/exactMatch").asDouble()).isEqualTo(75);
    assertThat(own.at("/devices/0/exactMatch").asDouble()).isEqualTo(25);
    assertThat(own.at("/domains/xx/rougeL").asDouble()).isEqualTo(50);
    assertThat(own.at("/slices/known/exactMatch").asDouble()).isEqualTo(50);
    assertThat(own.at("/slices/device_only/exactMatch").asDouble()).isZero();
    assertThat(tree.at("/_about/untuned/exactMatch").asDouble()).isEqualTo(50);
    assertThat(tree.at("/_about/device_only_domains/0").asText()).isEqualTo("xx");
  }

  @Test
  void resultsSayWhichQuestionsWereAnswered() {
    Comparison comparison =
        read(
            Scene.infoOn("validation", method("co-plms")),
            List.of(scene.cell("co-plms", 1, scene.base(1, untuned(0)), random(1, 0.7))));
    assertThat(comparison.metricsJson().at("/_about/questions").asText()).isEqualTo("validation");
    assertThat(comparison.table().get(0)).startsWith("Scores on validation questions");
    assertThat(comparison.html())
        .contains("validation score with its", "the mean over a device’s validation questions")
        .doesNotContain("test score with its", "a device’s test questions");
  }

  @Test
  void aGainIsPairedOverTheSeedsThatBothHave() {
    RunStore base = scene.base(1, untuned(0));
    Comparison comparison =
        read(
            info(method("co-plms"), method("fedmkt"), method("proxyfl"), method("fedcollm")),
            List.of(
                scene.cell("co-plms", 1, base, random(1, 0.7)),
                scene.cell("co-plms", 2, base, random(2, 0.9)),
                scene.cell("fedmkt", 1, base, random(1, 0.4)),
                scene.cell("proxyfl", 1, base, random(1, 0.69))));
    JsonNode tree = comparison.metricsJson();
    JsonNode gain = tree.at("/fedmkt/versus/exactMatch");
    double ofSeed = tree.at("/co-plms/by_seed/1/exactMatch").asDouble();
    assertThat(gain.path("gain").asDouble())
        .isCloseTo(ofSeed - tree.at("/fedmkt/exactMatch").asDouble(), within(1e-3))
        .isBetween(gain.path("low").asDouble(), gain.path("high").asDouble());
    assertThat(gain.path("relative").asDouble())
        .isCloseTo(
            gain.path("gain").asDouble() / tree.at("/fedmkt/exactMatch").asDouble(), within(1e-4));
    assertThat(gain.path("seeds").asInt()).isOne();
    assertThat(gain.path("examples").asInt()).isEqualTo(160);
    assertThat(gain.path("p").asDouble()).isLessThan(0.001);
    assertThat(tree.at("/co-plms").has("versus")).isFalse();
    for (String method : List.of("co-plms", "fedmkt", "proxyfl")) {
      for (String metric : List.of("rougeL", "exactMatch")) {
        JsonNode interval = tree.at("/%s/%s_interval".formatted(method, metric));
        assertThat(tree.path(method).path(metric).asDouble())
            .isBetween(interval.get(0).asDouble(), interval.get(1).asDouble());
      }
    }
    JsonNode close = tree.at("/proxyfl/versus/exactMatch");
    assertThat(gain.path("holm").asDouble()).isEqualTo(2 * gain.path("p").asDouble());
    assertThat(close.path("holm").asDouble())
        .isGreaterThanOrEqualTo(close.path("p").asDouble())
        .isGreaterThanOrEqualTo(gain.path("holm").asDouble());
    assertThat(tree.at("/_about/best_other_federated/exactMatch").asText()).isEqualTo("proxyfl");
    missing(comparison);
  }

  private static void missing(Comparison comparison) {
    ObjectNode tree = comparison.metricsJson();
    assertThat(tree.has("fedcollm")).isFalse();
    assertThat(tree.at("/_about/methods/3/name").asText()).isEqualTo("fedcollm");
    assertThat(tree.at("/_about/methods/3/seeds")).isEmpty();
    assertThat(comparison.html())
        .contains("fedcollm", "not run yet", "1 of 2 seeds", "3 of 4 methods");
    assertThat(comparison.table())
        .anyMatch(line -> line.startsWith("fedcollm") && line.endsWith("0/2"))
        .anyMatch(line -> line.startsWith("Co-PLMs") && line.endsWith("2/2"));
    assertThat(tree.path("fedmkt").has("rougeL_sd")).isFalse();
  }

  @Test
  void promptsThatWereSeenAreLeftOutOfTheScoresWithoutThem() {
    RunStore base = scene.base(1, untuned(0));
    List<Row> good =
        List.of(answer(0, "de", "a", 1, 1), answer(0, "de", "b", 1, 1), answer(1, "de", "a", 0, 0));
    List<Row> bad =
        List.of(answer(0, "de", "a", 0, 0), answer(0, "de", "b", 0, 0), answer(1, "de", "a", 0, 0));
    Cell reference = scene.cell("co-plms", 1, base, good);
    Cell other = scene.cell("fedmkt", 1, base, bad);
    scene.exposed(reference, RowFactory.create(0, "a"));
    scene.exposed(other, RowFactory.create(1, "a"));
    Comparison comparison =
        read(info(method("co-plms"), method("fedmkt")), List.of(reference, other));
    JsonNode tree = comparison.metricsJson();
    assertThat(tree.at("/co-plms/unexposed/examples").asInt()).isEqualTo(2);
    assertThat(tree.at("/co-plms/unexposed/exactMatch").asDouble()).isEqualTo(50);
    assertThat(tree.at("/fedmkt/unexposed/examples").asInt()).isEqualTo(2);
    assertThat(tree.at("/fedmkt/unexposed/versus/exactMatch/examples").asInt()).isOne();
    assertThat(tree.at("/fedmkt/unexposed/versus/exactMatch/gain").asDouble()).isEqualTo(100);
    assertThat(tree.at("/co-plms/exposure/other_train").asDouble()).isEqualTo(0.08);
    assertThat(comparison.html()).contains("8.0 %", "3.0 %", "+5.0");
    String path = folder.resolve("predictions").toString();
    comparison.writePredictions(path);
    Dataset<Row> written = spark.read().parquet(path);
    assertThat(written.columns())
        .containsExactly(
            "method",
            "seed",
            "model",
            "device",
            "domain",
            "id",
            "question",
            "references",
            "prediction",
            "rougeL",
            "exactMatch",
            "exposed");
    assertThat(written.count()).isEqualTo(6);
    assertThat(written.where("exposed").select("method", "device", "id").collectAsList())
        .containsExactlyInAnyOrder(
            RowFactory.create("co-plms", 0, "a"), RowFactory.create("fedmkt", 1, "a"));
  }

  @Test
  void serverModelsAreShownBeforeAndAfterWithCosts() {
    List<Row> before = untuned(0);
    before.add(answer(ModelNames.LLM_BEFORE, -1, "de", "s1", 1, 1));
    before.add(answer(ModelNames.LLM_BEFORE, -1, "xx", "s2", 0, 0));
    List<Row> after = new ArrayList<>(List.of(answer(0, "de", "a", 1, 1)));
    after.add(answer(ModelNames.LLM_AFTER, -1, "de", "s1", 1, 1));
    after.add(answer(ModelNames.LLM_AFTER, -1, "xx", "s2", 0.5, 1));
    after.add(answer(ModelNames.DPM, -1, "xx", "s2", 0.25, 0));
    Cell cell = scene.cell("co-plms", 1, scene.base(1, before), after);
    Comparison comparison = read(info(method("co-plms")), List.of(cell));
    JsonNode own = comparison.metricsJson().path("co-plms");
    assertThat(own.at("/llm/all/before/exactMatch").asDouble()).isEqualTo(50);
    assertThat(own.at("/llm/all/after/exactMatch").asDouble()).isEqualTo(100);
    assertThat(own.at("/llm/device_only/before/rougeL").asDouble()).isZero();
    assertThat(own.at("/llm/device_only/after/rougeL").asDouble()).isEqualTo(50);
    assertThat(own.at("/dpm/all/after/rougeL").asDouble()).isEqualTo(25);
    assertThat(own.at("/dpm/all").has("before")).isFalse();
    assertThat(own.path("bytes_up").asLong()).isEqualTo(100);
    assertThat(own.path("bytes_down").asLong()).isEqualTo(300);
    assertThat(own.path("tokens").asLong()).isEqualTo(1250);
    assertThat(own.path("seconds").asDouble()).isEqualTo(12.5);
    assertThat(own.at("/rounds/rougeL/1").asDouble()).isEqualTo(40);
    assertThat(comparison.resultsEntry().path("co-plms").has("rounds")).isFalse();
    assertThat(comparison.html()).contains("50.0 → 100.0", "0.0 → 50.0", "1,250", "12.5 s");
    assertThat(own.has("unexposed")).isFalse();
    assertThat(comparison.html()).contains("Exposure was not measured.");
  }

  @Test
  void sameCellsGiveTheSameFiguresInAnyOrder() {
    RunStore base = scene.base(1, untuned(0));
    Cell one = scene.cell("co-plms", 1, base, random(1, 0.7));
    Cell two = scene.cell("fedmkt", 1, base, random(1, 0.4));
    ComparisonInfo info = info(method("co-plms"), method("fedmkt"));
    assertThat(read(info, List.of(two, one)).metricsJson())
        .isEqualTo(read(info, List.of(one, two)).metricsJson());
  }

  @Test
  void nothingDoneYetIsShownToo() {
    Comparison comparison = read(info(method("co-plms"), method("fedmkt")), List.of());
    assertThat(comparison.html()).contains("0 of 2 methods", "not run yet");
    assertThat(comparison.table()).hasSizeGreaterThan(3);
    Path predictions = folder.resolve("predictions");
    comparison.writePredictions(predictions.toString());
    assertThat(predictions).doesNotExist();
  }

  @Test
  void refusesACellOfNoComparedMethodAndOneGivenTwice() {
    Cell cell = scene.cell("fedmkt", 1, scene.base(1, untuned(0)), random(1, 0.5));
    assertThatThrownBy(() -> read(info(method("co-plms")), List.of(cell)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fedmkt/1");
    assertThatThrownBy(() -> read(info(method("co-plms"), method("fedmkt")), List.of(cell, cell)))
        .hasMessageContaining("twice");
  }

  private static Comparison read(ComparisonInfo info, List<Cell> cells) {
    return Comparison.read(spark, info, cells);
  }

  private static List<Row> untuned(double exactMatch) {
    List<Row> rows = new ArrayList<>();
    rows.add(answer(ModelNames.SLM_BEFORE, 0, "de", "a", exactMatch, exactMatch));
    return rows;
  }

  /** The same questions for every method of a seed; right with a probability. */
  private static List<Row> random(long seed, double probability) {
    SplittableRandom random = new SplittableRandom(31 * seed + Math.round(1000 * probability));
    List<Row> rows = new ArrayList<>();
    for (int device = 0; device < 2; device++) {
      for (int i = 0; i < 80; i++) {
        boolean right = random.nextDouble() < probability;
        double rougeL = right ? 1 : random.nextDouble();
        rows.add(
            answer(
                device,
                i % 3 == 0 ? "xx" : "de",
                "q%d-%d".formatted(seed, i),
                rougeL,
                right ? 1 : 0));
      }
    }
    return rows;
  }
}
