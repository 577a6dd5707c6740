package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.cli.Console;
import org.coplms.jobs.store.Ledger;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One whole run through the command line, and what it leaves in its folder. */
@Tag("spark")
class QuickstartTest {
  private static final int ROUNDS = 2;
  private static final int DEVICES = 2;
  private static final List<String> MODELS =
      List.of(
          "slm-before", "slm-alone", "slm-after", "llm-before", "llm-after", "dpm-before", "dpm");

  private static Path run;

  @BeforeAll
  static void quickstart() {
    run = TinyRun.whole();
  }

  @Test
  void leavesARunFolderOfTheDocumentedLayout() {
    assertThat(run.resolve("run.json")).isRegularFile();
    assertThat(run.resolve("data/statistics.json")).isRegularFile();
    assertThat(run.resolve("logits")).isNotEmptyDirectory();
    assertThat(run.resolve("ledger.parquet")).isNotEmptyDirectory();
    assertThat(run.resolve("metrics.json")).isRegularFile();
    assertThat(run.resolve("report/index.html")).isRegularFile();
    for (int round = 1; round <= ROUNDS; round++) {
      Path of = run.resolve("rounds/%04d".formatted(round));
      assertThat(of.resolve("_COMMITTED")).isRegularFile();
      assertThat(of.resolve("proxy.safetensors")).isRegularFile();
      assertThat(of.resolve("server.safetensors")).isRegularFile();
      assertThat(of.resolve("metrics.parquet")).isNotEmptyDirectory();
      for (int device = 0; device < DEVICES; device++) {
        assertThat(of.resolve("devices/%d.safetensors".formatted(device))).isRegularFile();
      }
    }
    assertThat(run.resolve("rounds").toFile().list()).hasSize(ROUNDS);
  }

  @Test
  void metricsHaveTheDocumentedShape() throws Exception {
    JsonNode metrics = json(run.resolve("metrics.json"));
    assertThat(names(metrics))
        .containsExactlyInAnyOrder(
            "slm", "llm", "dpm", "device_only", "devices", "bytes", "seconds", "seed");
    assertThat(names(metrics.path("slm"))).containsExactly("before", "alone", "after");
    assertThat(names(metrics.path("llm"))).containsExactly("before", "after");
    assertThat(names(metrics.path("devices"))).containsExactly("0", "1");
    assertThat(names(metrics.path("bytes"))).containsExactly("up", "down");
    assertThat(names(metrics.path("seconds")))
        .containsExactly("prepare", "pretrain", "distill", "cotune", "evaluate");
    assertThat(metrics.path("seed").asLong()).isEqualTo(5);
    metrics.path("slm").forEach(scores -> assertScores(scores, 8 * DEVICES));
    metrics.path("llm").forEach(scores -> assertScores(scores, 18));
    assertScores(metrics.path("dpm"), 18);
    for (JsonNode device : metrics.path("devices")) {
      assertThat(names(device)).containsExactly("before", "alone", "after");
      device.forEach(scores -> assertScores(scores, 8));
    }
  }

  private static void assertScores(JsonNode scores, int examples) {
    assertThat(names(scores)).containsExactly("rougeL", "exactMatch", "examples");
    assertThat(scores.path("rougeL").asDouble(-1)).isBetween(0.0, 100.0);
    assertThat(scores.path("exactMatch").asDouble(-1)).isBetween(0.0, 100.0);
    assertThat(scores.path("examples").asInt()).isEqualTo(examples);
  }

  @Test
  void rehearsalAndGeneratedPairsTookPart() throws Exception {
    // Else the determinism tests on this configuration would not cover them.
    for (int device = 0; device < DEVICES; device++) {
      Map<String, Double> metrics =
          metrics("rounds/0002/devices/%d.metrics.json".formatted(device));
      assertThat(metrics).containsKeys("rehearsal/local-kept", "rehearsal/global-kept");
      assertThat(metrics.get("rehearsal/local-kept") + metrics.get("rehearsal/global-kept"))
          .isPositive();
    }
    assertThat(run.resolve("data/generated")).isNotEmptyDirectory();
  }

  @Test
  void theReportShowsTheHealthThatDevicesMeasured() {
    assertThat(run.resolve("report/index.html"))
        .content()
        .contains("KL gradient, SLM", "CE gradient, SLM", "Aligned", "Mass → SLM", "Pairs kept");
  }

  @Test
  void onlyThetaCrossesTheLineAndEveryByteOfItIsInTheLedger() {
    SortedMap<String, HostTensor> theta = tensors("rounds/0001/proxy.safetensors");
    assertThat(theta.keySet()).allMatch(name -> name.matches(".*\\.lora_[AB]\\.weight"));
    long bytes = theta.values().stream().mapToLong(t -> 4L * t.size()).sum();
    try (SparkSession spark = TinyRun.session("local[1]", 2)) {
      List<Row> rows = Ledger.read(spark, run.resolve("ledger.parquet").toString()).collectAsList();
      assertThat(rows).hasSize(ROUNDS * DEVICES * 2);
      assertThat(rows)
          .extracting(row -> "%d %d %s".formatted(row.getInt(0), row.getInt(1), row.getString(2)))
          .containsExactlyInAnyOrder(
              "1 0 down",
              "1 1 down",
              "1 0 up",
              "1 1 up",
              "2 0 down",
              "2 1 down",
              "2 0 up",
              "2 1 up");
      assertThat(rows)
          .allSatisfy(
              row -> assertThat(row.<String>getList(3)).isEqualTo(List.copyOf(theta.keySet())))
          .allSatisfy(row -> assertThat(row.getLong(4)).isEqualTo(bytes));
    }
  }

  @Test
  void predictionsShowEachQuestionWithItsAnswerAndScores() {
    try (SparkSession spark = TinyRun.session("local[1]", 2)) {
      var predictions = spark.read().parquet(run.resolve("predictions").toString());
      assertThat(predictions.columns())
          .containsExactlyInAnyOrder(
              "model",
              "device",
              "domain",
              "id",
              "question",
              "references",
              "prediction",
              "rougeL",
              "exactMatch");
      Map<String, Long> rows = new TreeMap<>();
      predictions
          .groupBy("model")
          .count()
          .collectAsList()
          .forEach(row -> rows.put(row.getString(0), row.getLong(1)));
      assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(MODELS);
      assertThat(rows).containsEntry("slm-after", 16L).containsEntry("llm-after", 18L);
      assertThat(predictions.where("device >= 0 and model like 'llm%'").count()).isZero();
    }
  }

  @Test
  void aSecondCallFindsEverythingDoneAndTheReportAloneCanBeMadeAgain(@TempDir Path folder)
      throws Exception {
    Path copy = folder.resolve("run");
    Folders.copy(run, copy);
    Map<Path, FileTime> before = times(copy);
    String seconds = json(copy.resolve("metrics.json")).path("seconds").toString();
    assertThat(TinyRun.command("quickstart", copy, "local[1]").exitCode()).isZero();
    Files.delete(copy.resolve("report/index.html"));
    Files.delete(copy.resolve("metrics.json"));
    assertThat(TinyRun.recorded("report", copy.toString(), "local[1]"))
        .isEqualTo(new Console.Outcome(0, List.of()));
    assertThat(copy.resolve("report/index.html")).content().contains("</html>");
    assertThat(json(copy.resolve("metrics.json")).path("seconds")).hasToString(seconds);
    assertThat(times(copy)).isEqualTo(before);
  }

  /** When each file was written, but for those that the report stage always writes anew. */
  private static Map<Path, FileTime> times(Path run) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.startsWith(run.resolve("report")) && !file.endsWith("metrics.json")) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }

  private static Map<String, Double> metrics(String file) throws IOException {
    Map<String, Double> values = new TreeMap<>();
    for (JsonNode row : json(run.resolve(file))) {
      values.put(
          row.path("stage").asText() + "/" + row.path("name").asText(),
          row.path("value").asDouble());
    }
    return values;
  }

  private static SortedMap<String, HostTensor> tensors(String file) {
    return Safetensors.read(run.resolve(file));
  }

  private static JsonNode json(Path file) throws IOException {
    return new JsonMapper().readTree(file.toFile());
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
