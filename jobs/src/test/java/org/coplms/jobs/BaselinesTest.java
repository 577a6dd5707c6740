package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.progress.Progress;
import org.coplms.jobs.stages.Evaluation;
import org.coplms.jobs.store.Direction;
import org.coplms.jobs.store.Ledger;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.udfs.model.ExampleRows;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two rounds of each baseline over the data and models of the finished run. */
@Tag("spark")
class BaselinesTest {
  private static final List<String> DISTILLED = List.of("prepare", "pretrain", "distill");

  /** Both devices have this SLM. */
  private static final String ONE_SLM =
      """
      [{type = tiny, name = slm-gpt2, config = "src/test/resources/tiny/slm-gpt2.json",
        vocab-size = 259, pretrain = ${slm-pretrain} { steps = 15, batch-size = 8 }}]""";

  @TempDir Path folder;
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    TinyRun.whole();
    spark = TinyRun.session("local[2]", 2);
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Test
  void standaloneIsTheSlmThatIsTunedAloneRoundByRound() {
    Run run = run("standalone", Map.of());
    for (int device = 0; device < 2; device++) {
      assertThat(run.state(2, device))
          .isEqualTo(state(TinyRun.whole().resolve("standalone/devices"), device));
    }
    assertThat(run.ledger().crossings()).isEmpty();
    assertThat(run.report())
        .contains("<dt>strategy</dt><dd>standalone</dd>", "Scores of the SLMs")
        .doesNotContain("rehearsal steps a round");
  }

  @Test
  void sharedTextsGoDownOnceAndAreLearned() {
    Run run = run("standalone", Map.of("cotune.local.shared", "generated"));
    Run alone = run("standalone", Map.of());
    assertThat(run.ledger().crossings())
        .allMatch(crossing -> crossing.round() == 1 && crossing.direction() == Direction.DOWN)
        .hasSize(2);
    assertThat(run.ledger().bytes(Direction.DOWN)).isGreaterThan(2 * 20 * 10);
    assertThat(run.state(2, 0).seen()).hasSizeGreaterThan(20);
    assertThat(run.state(2, 0).group("slm")).isNotEqualTo(alone.state(2, 0).group("slm"));
    double tokens = (double) alone.state(2, 0).tokens();
    // Each round ends with the batch that reaches the budget.
    assertThat((double) run.state(2, 0).tokens()).isCloseTo(tokens, withinPercentage(15));
  }

  @Test
  void centralizedLearnsTheExamplesOfAllDevices() {
    Run run = run("centralized", Map.of());
    Map<Integer, Set<Long>> prompts = new TreeMap<>();
    long bytes = 0;
    for (Row row : Prepared.devices(spark, run.store.dataPath(), Splits.TRAIN).collectAsList()) {
      var example = ExampleRows.example(row);
      prompts
          .computeIfAbsent(row.getAs("device"), device -> new TreeSet<>())
          .add(PromptHash.of(example.prompt()));
      bytes += example.prompt().getBytes(StandardCharsets.UTF_8).length;
      for (String response : example.responses()) {
        bytes += response.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    Set<Long> others = new TreeSet<>(prompts.get(1));
    others.removeAll(prompts.get(0));
    assertThat(run.state(2, 0).seen()).isNotEmpty().isEqualTo(others);
    assertThat(run.ledger().bytes(Direction.UP)).isEqualTo(bytes);
    assertThat(run.ledger().bytes(Direction.DOWN)).isZero();
    KeptState server = run.state("rounds/0002/server.safetensors");
    assertThat(server.group("llm")).isNotEmpty();
    assertThat(server).isNotEqualTo(run.state("rounds/0001/server.safetensors"));
    assertThat(run.answers()).contains("model=slm-after", "model=llm-after");
  }

  @Test
  void fedAvgLeavesDevicesOfOneSlmWithOneLora() {
    Run run =
        run(
            "fedavg",
            Map.of(
                "models.slms",
                ONE_SLM,
                "cotune.edge.slm.tuning",
                "lora",
                "cotune.edge.slm.lora.targets",
                "[all-linear]"));
    KeptState state = run.state(2, 0);
    assertThat(state.group("slm")).isNotEmpty().isEqualTo(run.state(2, 1).group("slm"));
    assertThat(state.group("slm")).isNotEqualTo(run.state(1, 0).group("slm"));
    assertThat(state.group("slm").keySet()).allMatch(name -> name.contains(".lora_"));
    long lora = state.group("slm").values().stream().mapToLong(HostTensor::byteSize).sum();
    // Two devices, two rounds; before the first the server sends what all start from.
    assertThat(run.ledger().bytes(Direction.UP)).isEqualTo(4 * lora);
    assertThat(run.ledger().bytes(Direction.DOWN)).isEqualTo(6 * lora);
    assertThat(run.ledger().crossings())
        .allMatch(crossing -> crossing.tensors().equals(List.copyOf(state.group("slm").keySet())));
    assertThat(run.answers()).contains("model=slm-after").doesNotContain("model=llm-after");
  }

  @Test
  void fedAvgAveragesWholeSlmsWithinTheirGroup() {
    Run run = run("fedavg", Map.of());
    assertThat(run.state(2, 0).group("slm").keySet())
        .isNotEqualTo(run.state(2, 1).group("slm").keySet());
    for (int device = 0; device < 2; device++) {
      KeptState state = run.state(2, device);
      long bytes = state.group("slm").values().stream().mapToLong(HostTensor::byteSize).sum();
      int id = device;
      assertThat(run.ledger().crossings())
          .filteredOn(crossing -> crossing.device() == id)
          .hasSize(4)
          .allMatch(crossing -> crossing.bytes() == bytes);
      assertThat(state.seen()).isEmpty();
    }
  }

  @Test
  void fedCoLlmTunesTheLlmAndTheOneSlmOfAllDevices() {
    Map<String, String> flags = Map.of("models.slms", ONE_SLM, "cotune.fedcollm.steps", "3");
    Run run = run("fedcollm", flags);
    KeptState state = run.state(2, 0);
    assertThat(state.group("slm")).isEqualTo(run.state(2, 1).group("slm"));
    assertThat(state.group("slm")).isNotEqualTo(run("fedavg", flags).state(2, 0).group("slm"));
    assertThat(state.seen()).hasSizeBetween(2, 20);
    long bytes = state.group("slm").values().stream().mapToLong(HostTensor::byteSize).sum();
    assertThat(run.ledger().bytes(Direction.UP)).isEqualTo(4 * bytes);
    assertThat(run.ledger().bytes(Direction.DOWN)).isEqualTo(4 * bytes);
    KeptState server = run.state("rounds/0002/server.safetensors");
    assertThat(server.group("llm")).isNotEmpty();
    assertThat(server).isNotEqualTo(run.state("rounds/0001/server.safetensors"));
    assertThat(run.answers()).contains("model=slm-after", "model=llm-after");
  }

  @Test
  void fedCoLlmRefusesSlmsThatDiffer() {
    assertThatThrownBy(() -> run("fedcollm", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cotune.strategy = fedcollm")
        .hasMessageContaining("they run [slm-gpt2, slm-qwen2]; name one in cotune.slms");
  }

  @Test
  void aRoundThatWasCutShortIsRepeatedBitForBit() {
    Run run = run("fedavg", Map.of());
    SortedMap<String, String> bits = run.bits();
    assertThat(bits).hasSize(4);
    Folders.delete(run.folder.resolve("rounds/0002/_COMMITTED"));
    Folders.delete(run.folder.resolve("rounds/0002/devices/1.safetensors"));
    Folders.delete(run.folder.resolve("stages/cotune.json"));
    run.cotune();
    assertThat(run.bits()).isEqualTo(bits);
  }

  private Run run(String strategy, Map<String, String> flags) {
    Map<String, String> all = new TreeMap<>(flags);
    all.put("cotune.strategy", strategy);
    all.put("cotune.standalone", "false");
    all.put("evaluation.round-examples", "2");
    Settings settings = TinyRun.settings(all);
    Path run = folder.resolve(strategy + "-" + flags.size());
    Run started = new Run(run, settings, TinyRun.started(run, settings, DISTILLED));
    started.cotune();
    return started;
  }

  private static KeptState state(Path folder, int device) {
    return read(folder.resolve(device + ".safetensors"));
  }

  private static KeptState read(Path file) {
    try {
      return KeptState.fromBytes(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A baseline's run folder. */
  private record Run(Path folder, Settings settings, RunStore store) {
    void cotune() {
      Stages.pipeline().run("cotune", new RunContext(spark, store, settings, Progress.silent()));
    }

    KeptState state(int round, int device) {
      return BaselinesTest.state(folder.resolve("rounds/000%d/devices".formatted(round)), device);
    }

    KeptState state(String name) {
      return read(folder.resolve(name));
    }

    Ledger ledger() {
      return new Ledger(store);
    }

    SortedMap<String, String> bits() {
      return Folders.hashes(folder.resolve("rounds"), name -> name.endsWith(".safetensors"));
    }

    /** The page that {@code report} writes, after all questions are answered. */
    String report() {
      Stages.pipeline().run("evaluate", new RunContext(spark, store, settings, Progress.silent()));
      Stages.pipeline().run("report", new RunContext(spark, store, settings, Progress.silent()));
      try {
        return Files.readString(folder.resolve("report/index.html"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Folders of the predictions, after all questions are answered. */
    List<String> answers() {
      new Evaluation(new RunContext(spark, store, settings, Progress.silent())).tuned();
      List<String> models = new ArrayList<>();
      for (String name : Folders.hashes(folder.resolve("predictions"), n -> true).keySet()) {
        models.add(name.substring(0, name.indexOf('/')));
      }
      return models;
    }
  }
}
