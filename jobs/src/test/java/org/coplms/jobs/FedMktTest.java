package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.cotune.RoundMetrics;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.progress.Progress;
import org.coplms.jobs.store.Crossing;
import org.coplms.jobs.store.Direction;
import org.coplms.jobs.store.Ledger;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.baseline.FedMktKnowledge;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.model.ExampleRows;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two rounds of FedMKT over the data and models of the finished run. */
@Tag("spark")
class FedMktTest {
  private static final List<String> DISTILLED = List.of("prepare", "pretrain", "distill");

  @TempDir static Path folder;
  private static Path run;
  private static RunStore store;
  private static SparkSession spark;

  @BeforeAll
  static void runOnce() {
    run = folder.resolve("run");
    Settings settings = settings(Map.of());
    store = TinyRun.started(run, settings, DISTILLED);
    TinyRun.run(store, settings, "local[2]", 2, "cotune");
    spark = TinyRun.session("local[2]", 2);
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Test
  void theLedgerHoldsTheFilesThatTravelAndThePublicTextsOnce() {
    List<Crossing> crossings = new Ledger(store).crossings();
    for (int round = 1; round <= 2; round++) {
      for (int device = 0; device < 2; device++) {
        assertThat(bytes(crossings, round, device, Direction.UP, "knowledge"))
            .isEqualTo(size(knowledge(round, Integer.toString(device))));
        assertThat(bytes(crossings, round, device, Direction.DOWN, "knowledge"))
            .isEqualTo(size(knowledge(round, "server")));
      }
    }
    long texts =
        publicExamples().stream()
            .mapToLong(example -> utf8(example.prompt()) + utf8(example.response()))
            .sum();
    assertThat(bytes(crossings, 1, 0, Direction.DOWN, "texts")).isGreaterThanOrEqualTo(texts);
    assertThat(crossings).hasSize(8 + 2);
  }

  @Test
  void knowledgeSpeaksOfPublicTextsOnly() throws IOException {
    Set<String> ids =
        publicExamples().stream().map(Example::id).collect(Collectors.toUnmodifiableSet());
    List<Example> own =
        ExampleRows.sorted(
            Prepared.devices(spark, store.dataPath(), Splits.TRAIN).collectAsList().iterator());
    for (String sender : List.of("0", "1", "server")) {
      byte[] bytes = Files.readAllBytes(knowledge(2, sender));
      assertThat(FedMktKnowledge.fromBytes(bytes).entries().keySet())
          .hasSize(12)
          .isSubsetOf(ids)
          .doesNotContainAnyElementsOf(own.stream().map(Example::id).toList());
      String raw = new String(bytes, StandardCharsets.ISO_8859_1);
      assertThat(own).noneMatch(example -> raw.contains(example.prompt()));
    }
  }

  @Test
  void everyDeviceAndTheLlmLearnInEveryRound() throws IOException {
    for (String name : List.of("devices/0", "devices/1", "server")) {
      KeptState first = state(1, name);
      KeptState second = state(2, name);
      String group = name.equals("server") ? "llm" : "slm";
      assertThat(second.group(group)).isNotEmpty().isNotEqualTo(first.group(group));
      assertThat(second.group("adam")).isNotEmpty();
    }
    assertThat(state(2, "devices/0").seen())
        .isNotEmpty()
        .isSubsetOf(PromptHash.ofAll(publicExamples().stream().map(Example::prompt).toList()));
    assertThat(state(2, "devices/0").tokens())
        .isEqualTo((long) (metric(1, 0, "slm-tokens") + metric(2, 0, "slm-tokens")));
    assertThat(run.resolve("rounds/0002/private-phase")).doesNotExist();
    assertThat(metric(2, Metrics.SERVER, "llm-taught-share")).isBetween(0.0, 1.0);
    for (String figure :
        List.of("slm-ce", "slm-public-ce", "slm-taught-share", "slm-aligned-share")) {
      assertThat(metric(2, 1, figure)).as(figure).isNotNegative();
    }
  }

  @Test
  void aRunThatWasCutShortEndsWithTheSameBitsOnOneCore() {
    Path again = folder.resolve("again");
    Folders.copy(run, again);
    Folders.delete(again.resolve("rounds/0002/_COMMITTED"));
    Folders.delete(again.resolve("rounds/0002/devices/1.safetensors"));
    Folders.delete(again.resolve("stages/cotune.json"));
    assertThat(goOn(again.toString(), "local[1]")).isZero();
    assertThat(bits(again)).hasSize(12).isEqualTo(bits(run));
  }

  @Test
  void aTaskThatFailsAfterItsWorkRepeatsItBitForBit() {
    Path flaky = folder.resolve("flaky");
    Folders.copy(run, flaky);
    Folders.delete(flaky.resolve("rounds/0002"));
    Folders.delete(flaky.resolve("stages/cotune.json"));
    System.setProperty(FlakyFileSystem.PROPERTY, FlakyFileSystem.class.getName());
    try {
      assertThat(goOn(FlakyFileSystem.SCHEME + ":" + flaky, "local[2,2]")).isZero();
    } finally {
      System.clearProperty(FlakyFileSystem.PROPERTY);
    }
    assertThat(FlakyFileSystem.takeBroken()).contains("0.safetensors", "server.safetensors");
    assertThat(bits(flaky)).isEqualTo(bits(run));
  }

  @Test
  void generatedTextsArePublicTextsTooWhereThereAreAny() {
    Settings settings =
        settings(
            Map.of("cotune.fedmkt.public-texts", "generated", "dpm.distill.generated-pairs", "0"));
    Path none = folder.resolve("none");
    RunStore empty = TinyRun.started(none, settings, DISTILLED);
    RunContext context = new RunContext(spark, empty, settings, Progress.silent());
    assertThatThrownBy(() -> Stages.pipeline().run("cotune", context))
        .hasStackTraceContaining("dpm.distill.generated-pairs = 0");

    Settings generated =
        settings(
            Map.of(
                "cotune.fedmkt.public-texts",
                "generated",
                "cotune.fedmkt.public-examples",
                "1000",
                "cotune.rounds",
                "1"));
    Path all = folder.resolve("generated");
    RunStore filled = TinyRun.started(all, generated, DISTILLED);
    Stages.pipeline().run("cotune", new RunContext(spark, filled, generated, Progress.silent()));
    assertThat(read(all.resolve("rounds/0001/knowledge/0.bin")).entries())
        .hasSizeGreaterThan(publicExamples().size());
  }

  /** In a session of its own; a JVM has but one. */
  private static int goOn(String run, String master) {
    spark.close();
    try {
      return TinyRun.recorded("cotune", run, master).exitCode();
    } finally {
      spark = TinyRun.session("local[2]", 2);
    }
  }

  private static Settings settings(Map<String, String> flags) {
    Map<String, String> all =
        new TreeMap<>(
            Map.of(
                "cotune.strategy",
                "fedmkt",
                "cotune.standalone",
                "false",
                "cotune.fedmkt.public-examples",
                "12",
                "cotune.fedmkt.compare-by",
                "byte",
                "evaluation.round-examples",
                "0"));
    all.putAll(flags);
    return TinyRun.settings(all);
  }

  private static List<Example> publicExamples() {
    return ExampleRows.sorted(
        Prepared.server(spark, store.dataPath(), Splits.PUBLIC).collectAsList().iterator());
  }

  private static long bytes(
      List<Crossing> crossings, int round, int device, Direction direction, String name) {
    List<Crossing> found =
        crossings.stream()
            .filter(crossing -> crossing.round() == round && crossing.device() == device)
            .filter(crossing -> crossing.direction() == direction)
            .filter(crossing -> crossing.tensors().equals(List.of(name)))
            .toList();
    assertThat(found).hasSize(1);
    return found.get(0).bytes();
  }

  private static double metric(int round, int device, String name) {
    List<Metrics.Row> found =
        new RoundMetrics(new RunContext(spark, store, settings(Map.of()), Progress.silent()))
            .readAll().stream()
                .filter(row -> row.round() == round && row.device() == device)
                .filter(row -> row.name().equals(name))
                .toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0).value();
  }

  private static Path knowledge(int round, String sender) {
    return run.resolve("rounds/000%d/knowledge/%s.bin".formatted(round, sender));
  }

  private static FedMktKnowledge read(Path file) {
    try {
      return FedMktKnowledge.fromBytes(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeptState state(int round, String name) throws IOException {
    return KeptState.fromBytes(
        Files.readAllBytes(run.resolve("rounds/000%d/%s.safetensors".formatted(round, name))));
  }

  private static SortedMap<String, String> bits(Path folder) {
    return Folders.hashes(
        folder.resolve("rounds"), name -> name.endsWith(".safetensors") || name.endsWith(".bin"));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
