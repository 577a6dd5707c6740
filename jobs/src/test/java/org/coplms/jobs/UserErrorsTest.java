package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.AbstractStringAssert;
import org.coplms.jobs.cli.Console;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user can get wrong: one clear line, exit code 2, nothing half-written. */
@Tag("spark")
class UserErrorsTest {
  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void chooseARun() {
    run = folder.resolve("run");
  }

  @Test
  void anUnknownKeyIsNamedWithTheOneThatWasMeant() {
    assertRefused(TinyRun.command("prepare", run, "local[1]", "-D", "cotune.round=3"))
        .contains("cotune.round", "did you mean coplms.cotune.rounds?");
    assertThat(run).doesNotExist();
  }

  @Test
  void aCorruptLineIsNamedWithItsFileAndNumber() throws Exception {
    Path data = folder.resolve("data.jsonl");
    Files.writeString(
        data,
        """
        {"id": "1", "domain": "law", "prompt": "who?", "responses": ["he"]}
        {"id": "2", "domain": "law", "prompt": "when?", "responses": ["now"]
        """);
    assertRefused(prepareFrom(data)).contains("data.jsonl", "line 2");
    assertThat(run.resolve("stages")).doesNotExist();
    assertThat(run.resolve("data/statistics.json")).doesNotExist();
  }

  @Test
  void aMissingDataFileIsNamed() throws Exception {
    Path data = folder.resolve("absent.jsonl");
    assertRefused(prepareFrom(data)).contains("absent.jsonl");
    assertThat(run.resolve("data/statistics.json")).doesNotExist();
  }

  @Test
  void aLimitInTokensNeedsACheckpoint() throws Exception {
    assertRefused(prepareFrom(folder.resolve("x.jsonl"), "data.source.clean.max-tokens=5"))
        .contains("data.source.clean.max-tokens = 5", "checkpoint");
  }

  @Test
  void aThresholdThatIsTooLowIsRefused() throws Exception {
    assertRefused(
            prepareFrom(folder.resolve("x.jsonl"), "data.source.near-duplicates.threshold=0.05"))
        .contains("threshold must be 0", "0.05");
  }

  private Console.Outcome prepareFrom(Path data, String... settings) throws Exception {
    Path configuration = folder.resolve("jsonl.conf");
    Files.writeString(
        configuration,
        """
        coplms.data {
          devices = 2
          source {
            type = files, path = "%s", min-per-device = 1
            server { pretrain = 0.2, pretrain-slm = 0.1, public-share = 0.1, test = 0.1 }
            device { train = 0.8, validation = 0.1, test = 0.1 }
          }
        }
        """
            .formatted(data));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "prepare",
                "--run",
                run.toString(),
                "--conf",
                configuration.toString(),
                "--master",
                "local[1]"));
    for (String setting : settings) {
      arguments.addAll(List.of("-D", setting));
    }
    return Console.run(Stages.pipeline(), arguments);
  }

  @Test
  void aTokenizerThatDoesNotFitItsModelIsRefused() throws Exception {
    Path checkpoint = folder.resolve("checkpoint");
    Folders.copy(TinyRun.whole().resolve("models/slm-gpt2"), checkpoint);
    Files.delete(checkpoint.resolve("tokenizer.json"));
    Files.copy(
        TinyRun.whole().resolve("models/slm-qwen2/tokenizer.json"),
        checkpoint.resolve("tokenizer.json"));
    assertRefused(pretrainWith(checkpoint))
        .contains("Tokenizer and model do not match", "vocab_size is 259");
    assertNothingPretrained();
  }

  @Test
  void aMissingCheckpointIsNamed() {
    assertRefused(pretrainWith(folder.resolve("nowhere"))).contains("nowhere");
    assertNothingPretrained();
  }

  private Console.Outcome pretrainWith(Path checkpoint) {
    return started(
        "pretrain",
        List.of("prepare"),
        Map.of(
            "models.slms",
            "[{type = checkpoint, name = own, path = \"%s\"}]".formatted(checkpoint)));
  }

  private void assertNothingPretrained() {
    assertThat(run.resolve("stages/pretrain.json")).doesNotExist();
    Path index = run.resolve("models/models.json");
    if (Files.exists(index)) {
      assertThat(index).content().doesNotContain("\"own\"");
    }
  }

  @Test
  void namesOfSlmsThatThereAreNotAreRefusedTogether() {
    assertRefused(
            TinyRun.command(
                "prepare", run, "local[1]", "-D", "dpm.model=other", "-D", "cotune.slms=[nobody]"))
        .contains("dpm.model must be one of models.slms [slm-gpt2, slm-qwen2], got 'other'")
        .contains("cotune.slms must be among models.slms [slm-gpt2, slm-qwen2], got [nobody]");
    assertThat(run).doesNotExist();
  }

  @Test
  void aWholeProxyHasNoFactorsToMerge() {
    assertRefused(
            TinyRun.command(
                "prepare",
                run,
                "local[1]",
                "-D",
                "cotune.theta-scope=full",
                "-D",
                "cotune.merge=svd"))
        .contains("theta-scope = full", "merge by svd", "choose merge = mean");
  }

  @Test
  void aRunFolderOfAnotherConfigurationStaysAsItIs() {
    Folders.copy(TinyRun.whole(), run);
    Map<String, String> before = Folders.hashes(run, name -> true);
    assertRefused(TinyRun.command("cotune", run, "local[1]", "-D", "cotune.rounds=3"))
        .contains("another configuration", "cotune.rounds was 2, is now 3", "--run");
    assertThat(Folders.hashes(run, name -> true)).isEqualTo(before);
  }

  @Test
  void tooLittleMemoryIsFoundBeforeTheFirstRound() {
    assertRefused(
            started(
                "cotune",
                List.of("prepare", "pretrain", "distill"),
                Map.of("cotune.edge.batch-size", "50000000")))
        .contains("Co-tuning on edge devices needs", "cotune.edge.batch-size");
    assertThat(run.resolve("rounds")).doesNotExist();
    assertThat(run.resolve("stages/cotune.json")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "distill,dpm.distill.batch-size,Distilling the DPM needs,dpm.distill.layers",
    "cotune,cotune.server.batch-size,The server's part of a round needs,cotune.server.batch-size",
    "evaluate,evaluation.batch-size,Answering the test questions needs,evaluation.batch-size"
  })
  void everyStageSaysWhichSettingLowersItsMemory(
      String stage, String setting, String what, String remedy) {
    List<String> stages = List.of("prepare", "pretrain", "distill", "cotune", "evaluate");
    List<String> done = stages.subList(0, stages.indexOf(stage));
    assertRefused(started(stage, done, Map.of(setting, "50000000"))).contains(what, remedy);
  }

  /** A command on a run whose first stages are done. */
  private Console.Outcome started(String command, List<String> done, Map<String, String> flags) {
    TinyRun.started(run, TinyRun.settings(flags), done);
    List<String> options = new ArrayList<>();
    new TreeMap<>(flags).forEach((key, value) -> options.addAll(List.of("-D", key + "=" + value)));
    return TinyRun.command(command, run, "local[1]", options.toArray(String[]::new));
  }

  private static AbstractStringAssert<?> assertRefused(Console.Outcome outcome) {
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.errors()).hasSize(1);
    return assertThat(outcome.errors().get(0)).startsWith("error: ");
  }
}
