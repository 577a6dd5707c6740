package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.coplms.jobs.cli.Console;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.store.RunStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One seed gives one result: the same bits of every proxy and every state in every round. */
@Tag("spark")
class RepeatabilityTest {
  private static final List<String> PREPARED = List.of("prepare");
  private static final List<String> DISTILLED = List.of("prepare", "pretrain", "distill");

  @TempDir Path folder;
  private static SortedMap<String, String> expected;

  @BeforeAll
  static void readTheUninterruptedRun() {
    expected = TinyRun.bits(TinyRun.whole());
  }

  @AfterEach
  void forgetTheFlakyFileSystem() {
    System.clearProperty(FlakyFileSystem.PROPERTY);
    FlakyFileSystem.takeBroken();
  }

  /** From pretraining on; the finished run had {@code local[2]} and two shuffle partitions. */
  @ParameterizedTest
  @CsvSource({"local[1], 2", "local[2], 5"})
  void neitherCoresNorPartitionsChangeABit(String master, int shufflePartitions) {
    Settings settings =
        TinyRun.settings(Map.of("models.cache", folder.resolve("cache").toString()));
    Path run = folder.resolve("run");
    RunStore store = TinyRun.started(run, settings, PREPARED);
    TinyRun.run(store, settings, master, shufflePartitions, "pretrain", "distill", "cotune");
    assertThat(models(run)).hasSize(4).isEqualTo(models(TinyRun.whole()));
    assertThat(TinyRun.bits(run)).isEqualTo(expected);
  }

  @Test
  void anotherSeedChangesEveryRound() {
    Settings settings = TinyRun.settings(Map.of("seed", "6"));
    Path run = folder.resolve("run");
    RunStore store = TinyRun.started(run, settings, DISTILLED);
    TinyRun.run(store, settings, "local[2]", 2, "cotune");
    SortedMap<String, String> bits = TinyRun.bits(run);
    assertThat(bits.keySet()).isEqualTo(expected.keySet());
    assertThat(bits.values()).doesNotContainAnyElementsOf(expected.values());
  }

  @ParameterizedTest
  @ValueSource(strings = {"svd", "ffa"})
  void theOtherMergeRulesRepeatThemselvesToo(String rule) {
    SortedMap<String, String> two = merged(rule, 2, 2);
    assertThat(merged(rule, 1, 3)).isEqualTo(two);
    assertThat(two.get("0001/proxy.safetensors"))
        .isNotEqualTo(expected.get("0001/proxy.safetensors"));
  }

  private SortedMap<String, String> merged(String rule, int cores, int shufflePartitions) {
    Settings settings =
        TinyRun.settings(Map.of("cotune.merge", rule, "cotune.standalone", "false"));
    Path run = folder.resolve("run-" + cores);
    RunStore store = TinyRun.started(run, settings, DISTILLED);
    TinyRun.run(store, settings, "local[%d]".formatted(cores), shufflePartitions, "cotune");
    return TinyRun.bits(run);
  }

  @Test
  void aRunThatWasCutShortInItsSecondRoundEndsWithTheSameBits() throws Exception {
    Path run = cutShort();
    Path round = run.resolve("rounds/0002");
    Files.delete(round.resolve("server.safetensors"));
    Files.write(round.resolve("devices/0.safetensors"), new byte[] {1, 2, 3});
    Files.writeString(round.resolve("devices/7.safetensors"), "left over");
    assertThat(TinyRun.recorded("cotune", run.toString(), "local[1]"))
        .isEqualTo(new Console.Outcome(0, List.of()));
    assertThat(TinyRun.bits(run)).isEqualTo(expected);
  }

  @Test
  void aTaskThatFailsAfterItsWorkRepeatsItBitForBit() {
    Path run = cutShort();
    Folders.delete(run.resolve("rounds/0002"));
    System.setProperty(FlakyFileSystem.PROPERTY, FlakyFileSystem.class.getName());
    assertThat(TinyRun.recorded("cotune", FlakyFileSystem.SCHEME + ":" + run, "local[2,2]"))
        .isEqualTo(new Console.Outcome(0, List.of()));
    assertThat(FlakyFileSystem.takeBroken())
        .containsExactlyInAnyOrder("0.safetensors", "1.safetensors", "server.safetensors");
    assertThat(TinyRun.bits(run)).isEqualTo(expected);
  }

  @Test
  void aTaskThatFailsForGoodLeavesNoRoundBehind() {
    Path run = cutShort();
    Folders.delete(run.resolve("rounds/0002"));
    System.setProperty(FlakyFileSystem.PROPERTY, FlakyFileSystem.class.getName());
    // On one core no other task outlives the failed one and writes on while the folder is deleted.
    Console.Outcome outcome =
        TinyRun.recorded("cotune", FlakyFileSystem.SCHEME + ":" + run, "local[1,1]");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.errors()).singleElement().asString().contains("connection reset");
    assertThat(run.resolve("rounds/0002/_COMMITTED")).doesNotExist();
    assertThat(run.resolve("stages/cotune.json")).doesNotExist();
  }

  /** The finished run as it was before its second round was committed. */
  private Path cutShort() {
    Path run = folder.resolve("run");
    Folders.copy(TinyRun.whole(), run);
    for (String name :
        List.of("rounds/0002/_COMMITTED", "stages/cotune.json", "stages/evaluate.json")) {
      Folders.delete(run.resolve(name));
    }
    return run;
  }

  private static SortedMap<String, String> models(Path run) {
    return Folders.hashes(run.resolve("models"), name -> name.endsWith(".safetensors"));
  }
}
