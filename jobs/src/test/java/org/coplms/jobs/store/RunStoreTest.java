package org.coplms.jobs.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
  @TempDir Path folder;

  @Test
  void recordsWhatTheRunIs() {
    RunStore store = open(1, 5);
    store.recordHashes(Map.of("llm", "abc"));
    assertThat(store.readJson("run.json").path("seed").asLong()).isEqualTo(1);
    assertThat(store.readJson("run.json").at("/configuration/cotune/rounds").asInt()).isEqualTo(5);
    assertThat(store.readJson("run.json").at("/versions/java").asText()).isEqualTo("17");
    assertThat(store.readJson("run.json").at("/hashes/llm").asText()).isEqualTo("abc");
    assertThat(store.root()).isEqualTo("file:" + folder.resolve("run"));
  }

  @Test
  void opensAgainWithTheSameConfiguration() {
    open(1, 5).recordHashes(Map.of("llm", "abc"));
    assertThat(open(1, 5).readJson("run.json").at("/hashes/llm").asText()).isEqualTo("abc");
  }

  @Test
  void refusesAnotherConfigurationNamingTheKeys() {
    open(1, 5);
    assertThatThrownBy(() -> open(2, 6))
        .isInstanceOf(RunStoreException.class)
        .hasMessageContaining("cotune.rounds was 5, is now 6")
        .hasMessageContaining("seed was 1, is now 2")
        .hasMessageContaining("--run");
  }

  @Test
  void ignoresIncidentalKeys() {
    open(identity(1, 5, "local[1]"));
    RunStore again = open(identity(1, 5, "local[2]"));
    assertThat(again.fingerprint()).isEqualTo(identity(1, 5, "yarn").fingerprint());
  }

  @Test
  void givesBackTheRecordedConfiguration() {
    assertThat(recorded()).isEmpty();
    open(1, 5);
    assertThat(recorded().orElseThrow()).hasToString("{\"cotune\":{\"rounds\":5},\"seed\":1}");
  }

  @Test
  void refusesAFolderThatHoldsSomethingElse() throws Exception {
    Files.createDirectories(folder.resolve("run"));
    Files.writeString(folder.resolve("run/thesis.tex"), "x");
    assertThatThrownBy(() -> open(1, 5))
        .isInstanceOf(RunStoreException.class)
        .hasMessageContaining("thesis.tex");
    assertThat(folder.resolve("run/run.json")).doesNotExist();
  }

  @Test
  void startsAnewWhereTheFirstWriteWasCutShort() throws Exception {
    Files.createDirectories(folder.resolve("run"));
    Files.writeString(folder.resolve("run/run.json"), "{\"seed\": ");
    assertThat(open(1, 5).readJson("run.json").path("seed").asLong()).isEqualTo(1);
  }

  @Test
  void refusesADamagedRunJsonOnceThereIsMore() throws Exception {
    open(1, 5).markStageDone(new StageMarker("prepare", "f", 1));
    Files.writeString(folder.resolve("run/run.json"), "");
    assertThatThrownBy(() -> open(1, 5))
        .isInstanceOf(RunStoreException.class)
        .hasMessageContaining("run.json is damaged")
        .hasMessageContaining("empty");
  }

  @Test
  void aRoundExistsOnceItIsCommitted() {
    RunStore store = open(1, 5);
    assertThat(store.lastCommittedRound()).isEmpty();
    round(store, 1);
    round(store, 2);
    store.beginRound(3);
    store.write("rounds/0003/proxy.safetensors", new byte[] {1});
    assertThat(store.lastCommittedRound()).hasValue(2);
    assertThat(store.committedRounds()).containsExactly(1, 2);
    assertThat(open(1, 5).lastCommittedRound()).hasValue(2);
  }

  @Test
  void theManifestListsEveryFileWithSizeAndChecksum() {
    RunStore store = open(1, 5);
    RoundManifest manifest = round(store, 1);
    assertThat(manifest.files())
        .extracting(StoredFile::name)
        .containsExactly("devices/7.safetensors", "proxy.safetensors");
    assertThat(manifest.files().get(1).bytes()).isEqualTo(5);
    // sha256sum of "proxy"
    assertThat(manifest.files().get(1).sha256())
        .isEqualTo("1241936d4dd3aad68fe7bfbdfe854b935926bc678fc72377e15166078916227a");
    assertThat(store.verifyRound(1)).isEqualTo(manifest);
  }

  @Test
  void aManifestCutShortIsNoCommit() throws Exception {
    RunStore store = open(1, 5);
    round(store, 1);
    round(store, 2);
    Path manifest = folder.resolve("run/rounds/0002/_COMMITTED");
    String text = Files.readString(manifest);
    for (int length : new int[] {0, text.length() / 2, text.length() - 3}) {
      Files.writeString(manifest, text.substring(0, length));
      assertThat(store.lastCommittedRound()).hasValue(1);
    }
  }

  @Test
  void aManifestThatWasEditedIsNoCommit() throws Exception {
    RunStore store = open(1, 5);
    round(store, 1);
    Path manifest = folder.resolve("run/rounds/0001/_COMMITTED");
    Files.writeString(manifest, Files.readString(manifest).replace("proxy.safe", "poxy.safe"));
    assertThat(store.lastCommittedRound()).isEmpty();
  }

  @Test
  void beginningARoundClearsWhatACrashLeft() {
    RunStore store = open(1, 5);
    store.write("rounds/0001/devices/9.safetensors", new byte[] {1});
    assertThat(store.beginRound(1)).isEqualTo(store.root() + "/rounds/0001");
    assertThat(store.exists("rounds/0001/devices/9.safetensors")).isFalse();
  }

  @Test
  void aCommittedRoundIsNotBegunAgain() {
    RunStore store = open(1, 5);
    round(store, 1);
    assertThatThrownBy(() -> store.beginRound(1)).isInstanceOf(IllegalStateException.class);
    assertThat(store.exists("rounds/0001/proxy.safetensors")).isTrue();
  }

  @Test
  void namesAChangedFile() throws Exception {
    RunStore store = open(1, 5);
    round(store, 1);
    Files.writeString(folder.resolve("run/rounds/0001/proxy.safetensors"), "prOxy");
    assertDamaged(store, "proxy.safetensors has other content");
  }

  @Test
  void namesAFileOfAnotherSize() throws Exception {
    RunStore store = open(1, 5);
    round(store, 1);
    Files.writeString(folder.resolve("run/rounds/0001/proxy.safetensors"), "pro");
    assertDamaged(store, "proxy.safetensors has 3 bytes, 5 were committed");
  }

  @Test
  void namesAMissingFile() throws Exception {
    RunStore store = open(1, 5);
    round(store, 1);
    Files.delete(folder.resolve("run/rounds/0001/devices/7.safetensors"));
    assertDamaged(store, "devices/7.safetensors is missing");
  }

  @Test
  void aStageIsDoneForItsInputsOnly() {
    RunStore store = open(1, 5);
    assertThat(store.stageDone("prepare", "inputs-a")).isFalse();
    store.markStageDone(new StageMarker("prepare", "inputs-a", 1.5));
    assertThat(store.stageDone("prepare", "inputs-a")).isTrue();
    assertThat(store.stageDone("prepare", "inputs-b")).isFalse();
    assertThat(store.stageMarker("prepare").orElseThrow().seconds()).isEqualTo(1.5);
    store.forgetStage("prepare");
    assertThat(store.stageDone("prepare", "inputs-a")).isFalse();
  }

  @Test
  void aMarkerCutShortDoesNotCount() throws Exception {
    RunStore store = open(1, 5);
    store.markStageDone(new StageMarker("prepare", "inputs-a", 1.5));
    Files.write(folder.resolve("run/stages/prepare.json"), "{\"stage\"".getBytes(UTF_8));
    assertThat(store.stageDone("prepare", "inputs-a")).isFalse();
  }

  private void assertDamaged(RunStore store, String problem) {
    assertThatThrownBy(() -> store.verifyRound(1))
        .isInstanceOf(RunStoreException.class)
        .hasMessageContaining("round 1")
        .hasMessageContaining(problem)
        .hasMessageContaining("delete rounds/0001");
  }

  @Test
  void aRunThatWasRecordedBeforeThereWasAKeyHasItsDefault() {
    RunStore before = open(1, 4);
    round(before, 1);
    before.markStageDone(new StageMarker("prepare", before.fingerprint(), 1));

    RunStore now = open(withFormat("lines"));

    assertThat(now.fingerprint()).isEqualTo(before.fingerprint());
    assertThat(now.stageDone("prepare", now.fingerprint())).isTrue();
    assertThat(now.verifyRound(1)).isEqualTo(before.manifest(1).orElseThrow());
    assertThatThrownBy(() -> open(withFormat("chat")))
        .isInstanceOf(RunStoreException.class)
        .hasMessageContaining("text.format was absent, is now \"chat\"");
  }

  /** A later version's identity of the same run: there is a key more, by default "lines". */
  private static RunIdentity withFormat(String format) {
    ObjectNode configuration = identity(1, 4, "local[*]").configuration();
    configuration.putObject("text").put("format", format);
    ObjectNode defaults = JsonNodeFactory.instance.objectNode();
    defaults.putObject("text").put("format", "lines");
    defaults.put("seed", 99);
    return new RunIdentity(configuration, 1, new TreeMap<>(), Set.of("spark"), defaults);
  }

  private static RoundManifest round(RunStore store, int round) {
    store.beginRound(round);
    store.write("rounds/000" + round + "/proxy.safetensors", "proxy".getBytes(UTF_8));
    store.write("rounds/000" + round + "/devices/7.safetensors", new byte[] {1, 2});
    return store.commitRound(round);
  }

  private java.util.Optional<ObjectNode> recorded() {
    return RunStore.recordedConfiguration(
        folder.resolve("run").toString(), Set.of("spark"), new Configuration());
  }

  private RunStore open(long seed, int rounds) {
    return open(identity(seed, rounds, "local[*]"));
  }

  private RunStore open(RunIdentity identity) {
    return RunStore.open(folder.resolve("run").toString(), identity, new Configuration());
  }

  private static RunIdentity identity(long seed, int rounds, String master) {
    ObjectNode configuration = JsonNodeFactory.instance.objectNode();
    configuration.putObject("cotune").put("rounds", rounds);
    configuration.put("seed", seed);
    configuration.putObject("spark").put("master", master);
    return new RunIdentity(
        configuration, seed, new TreeMap<>(Map.of("java", "17")), Set.of("spark"));
  }
}
