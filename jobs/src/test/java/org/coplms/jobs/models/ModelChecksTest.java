package org.coplms.jobs.models;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.coplms.jobs.Checkpoints;
import org.coplms.jobs.config.ConfigException;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelChecksTest {
  private static final Path CONFIGURATION =
      Path.of("src", "test", "resources", "checkpoints", "run.conf");

  @TempDir Path folder;
  private Path qwen2;
  private Path bloom;

  @BeforeEach
  void writeModels() {
    Checkpoints checkpoints = new Checkpoints(folder);
    qwen2 = checkpoints.qwen2();
    bloom = checkpoints.bloom();
  }

  @Test
  void modelsThatFitPass() {
    assertThatCode(() -> require(Map.of())).doesNotThrowAnyException();
  }

  @Test
  void aModelWithoutAChatTemplateIsNamed() throws IOException {
    Files.delete(qwen2.resolve("chat_template.jinja"));
    refused(Map.of()).hasMessageContainingAll("'one' in " + qwen2, "no chat template", "lines");
    assertThatCode(() -> require(Map.of("text.format", "lines"))).doesNotThrowAnyException();
  }

  @Test
  void aTokenizerOfAnOlderFormatIsNamedWithItsRemedy() throws IOException {
    Files.move(qwen2.resolve("tokenizer.json"), qwen2.resolve("tokenizer.model"));
    refused(Map.of()).hasMessageContainingAll("'one' in " + qwen2, "convert it once with Python");
    Files.delete(qwen2.resolve("tokenizer.model"));
    refused(Map.of()).hasMessageContaining("No tokenizer.json in " + qwen2);
  }

  @Test
  void everyWrongModelIsNamedAtOnce() throws IOException {
    Path config = qwen2.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("\"qwen2\"", "\"gemma\""));
    Files.delete(bloom.resolve("config.json"));
    refused(Map.of("models.llm.path", folder.resolve("nowhere").toString()))
        .hasMessageContainingAll("'one' in " + qwen2, "'gemma' is not supported")
        .hasMessageContainingAll("'two' in " + bloom, "there is no config.json")
        .hasMessageContainingAll("'llm' in " + folder.resolve("nowhere"), "no such folder");
  }

  @Test
  void loraTargetsThatAFamilyLacksAreNamedWithThoseItHas() {
    refused(Map.of("cotune.edge.slm.lora.targets", "[q_proj]"))
        .hasMessageContainingAll("'two' in " + bloom, "cotune.edge.slm", "'q_proj'")
        .hasMessageContainingAll("query_key_value", "all-linear")
        .hasMessageNotContaining("'one'");
    refused(Map.of("cotune.server.llm-lora.targets", "[query_key_value]"))
        .hasMessageContainingAll("'llm' in " + qwen2, "cotune.server.llm", "q_proj");
    refused(Map.of("cotune.theta.targets", "[query]"))
        .hasMessageContainingAll("'llm' in " + qwen2, "cotune.theta");
  }

  @Test
  void textsLongerThanAModelsPositionsAreRefused() {
    refused(Map.of("cotune.edge.max-tokens", "97"))
        .hasMessageContainingAll("'one'", "cotune.edge.max-tokens = 97", "96 positions");
    refused(Map.of("dpm.distill.max-tokens", "200"))
        .hasMessageContainingAll("'llm'", "dpm.distill.max-tokens = 200");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused(Map<String, String> flags) {
    return assertThatThrownBy(() -> require(flags)).isInstanceOf(ConfigException.class);
  }

  private void require(Map<String, String> flags) {
    Map<String, String> all = new TreeMap<>();
    all.put(
        "models.slms",
        "[{type = checkpoint, name = one, path = \"%s\"}, {type = checkpoint, name = two, path = \"%s\"}]"
            .formatted(qwen2, bloom));
    all.put("models.llm.type", "checkpoint");
    all.put("models.llm.name", "llm");
    all.put("models.llm.path", qwen2.toString());
    all.put("data.source.path", "unused.jsonl");
    all.putAll(flags);
    ModelChecks.require(
        ConfigLayers.ofFile(all, CONFIGURATION).bind(Settings.class), new Configuration());
  }
}
