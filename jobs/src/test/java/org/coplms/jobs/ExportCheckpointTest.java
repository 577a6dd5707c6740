package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.cli.Console;
import org.coplms.jobs.config.ConfigJson;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.FoldedCheckpoint;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.store.RunIdentity;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.SlmTuning;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.udfs.model.ModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An SLM from a user's checkpoint (gpt2) with LoRA and domain adapter, through the command line.
 */
@Tag("spark")
class ExportCheckpointTest {
  private static final int HIDDEN_TO_ATTENTION = 3;

  @TempDir Path folder;
  private final Configuration files = new Configuration();
  private Path checkpoint;
  private Path run;
  private KeptState state;
  private BaseModel base;
  private Settings settings;

  @BeforeEach
  void writeARun() throws Exception {
    checkpoint = folder.resolve("my checkpoint");
    run = folder.resolve("run");
    Folders.copy(TinyRun.whole().resolve("models/slm-gpt2"), checkpoint);
    Path config = checkpoint.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replaceFirst("\\{", "{\"of_no_meaning_here\": [1,  2],\n"));
    Files.writeString(checkpoint.resolve("special_tokens_map.json"), "{ }");
    Map<String, String> flags =
        Map.of(
            "models.slms",
            "[{type = checkpoint, name = own, path = \"%s\"}]".formatted(checkpoint),
            "cotune.edge.slm.tuning",
            "lora",
            "cotune.edge.slm.lora.targets",
            "[c_attn, mlp.c_proj]");
    settings = TinyRun.settings(flags);
    RunStore store = TinyRun.started(run, settings, List.of("prepare"));
    new RunModels(store).register("own", checkpoint.toString());
    base = ModelFolder.read(checkpoint.toString(), files);
    state = new KeptState(scrambled(), List.of(), 0);
    store.write("rounds/0001/devices/0.safetensors", state.toBytes());
    store.commitRound(1);
  }

  /** A device's tensors after some training. */
  private SortedMap<String, HostTensor> scrambled() {
    SplittableRandom random = new SplittableRandom(4);
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    try (SlmTuning tuning =
        SlmTuning.open(base, settings.cotune().edge().slm(), 1, Compute.oneCore())) {
      tuning
          .snapshot()
          .forEach((name, t) -> tensors.put(name, RandomTensors.normal(t.shape(), 0.2, random)));
    }
    return tensors;
  }

  @Test
  void bothLayoutsComeBackWithTheTunedLogits() throws Exception {
    Path peft = export("peft");
    Path merged = export("merged");
    float[] tuned = tunedLogits();

    BaseModel again = ModelFolder.read(merged.toString(), files);
    assertThat(logits(again)).containsExactly(tuned, offset(1e-4f)).isNotEqualTo(logits(base));
    Path folded = folder.resolve("folded");
    FoldedCheckpoint.write(
        checkpoint.toString(), peft.toString(), folded.toString(), Precision.FLOAT32, files);
    for (String name : List.of("config.json", "tokenizer.json", "special_tokens_map.json")) {
      assertThat(merged.resolve(name)).hasSameBinaryContentAs(checkpoint.resolve(name));
      assertThat(folded.resolve(name)).hasSameBinaryContentAs(checkpoint.resolve(name));
    }
    assertThat(folded.resolve("model.safetensors"))
        .hasSameBinaryContentAs(merged.resolve("model.safetensors"));
    assertThat(merged.resolve("README.md"))
        .content()
        .contains("base_model: \"%s\"\nbase_model_relation: finetune".formatted(checkpoint))
        .doesNotContain("## Scores"); // nothing was evaluated
  }

  @Test
  void factorsOfConv1dHaveTheShapesOfPeft() throws Exception {
    Path peft = export("peft");
    JsonNode model = new JsonMapper().readTree(checkpoint.resolve("config.json").toFile());
    int hidden = model.path("n_embd").asInt();
    int wide = model.path("n_inner").asInt();
    int rank = settings.cotune().edge().slm().lora().rank();
    SortedMap<String, String> expected = new TreeMap<>();
    for (int layer = 0; layer < model.path("n_layer").asInt(); layer++) {
      // Conv1D stores (in, out); PEFT's factors are those of Linear(in, r) and Linear(r, out).
      String block = "base_model.model.transformer.h.%d.".formatted(layer);
      expected.put(block + "attn.c_attn.lora_A.weight", shape(rank, hidden));
      expected.put(block + "attn.c_attn.lora_B.weight", shape(HIDDEN_TO_ATTENTION * hidden, rank));
      expected.put(block + "mlp.c_proj.lora_A.weight", shape(rank, wide));
      expected.put(block + "mlp.c_proj.lora_B.weight", shape(hidden, rank));
    }
    SortedMap<String, String> found = new TreeMap<>();
    Safetensors.read(peft.resolve("adapter_model.safetensors"))
        .forEach((name, tensor) -> found.put(name, tensor.toString()));
    assertThat(found).isEqualTo(expected);
    JsonNode config = new JsonMapper().readTree(peft.resolve("adapter_config.json").toFile());
    assertThat(config.path("fan_in_fan_out").asBoolean()).isTrue();
    assertThat(config.path("target_modules").toString()).isEqualTo("[\"c_attn\",\"mlp.c_proj\"]");
    assertThat(config.path("base_model_name_or_path").asText()).isEqualTo(checkpoint.toString());
    assertThat(peft.resolve("domain_adapter.safetensors")).isRegularFile();
  }

  private static String shape(int rows, int columns) {
    return "float32[%d, %d]".formatted(rows, columns);
  }

  @Test
  void aRunOfAVersionWithFewerSettingsIsExported() throws Exception {
    Path older = folder.resolve("older");
    RunIdentity made = // as it would be without the format of texts
        new RunIdentity(
            ConfigJson.without(ConfigJson.tree(settings), List.of("text.format")),
            settings.seed(),
            new TreeMap<>(),
            Set.of("spark"));
    RunStore store = RunStore.open(older.toString(), made, files);
    Folders.copy(run.resolve("data"), older.resolve("data"));
    new RunModels(store).register("own", checkpoint.toString());
    store.write("rounds/0001/devices/0.safetensors", state.toBytes());
    store.commitRound(1);

    assertThat(
            TinyRun.recorded(
                "export", older.toString(), "local[1]", "--device", "0", "--format", "merged"))
        .isEqualTo(new Console.Outcome(0, List.of()));
    assertThat(older.resolve("export/round-0001/device-0-merged/model.safetensors"))
        .hasSameBinaryContentAs(export("merged").resolve("model.safetensors"));
  }

  @Test
  void aLoraOfAnotherModelIsNotFolded() throws Exception {
    Path peft = export("peft");
    String other = TinyRun.whole().resolve("models/slm-qwen2").toString();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                FoldedCheckpoint.write(
                    other,
                    peft.toString(),
                    folder.resolve("folded").toString(),
                    Precision.FLOAT32,
                    files))
        .withMessageContaining(peft.toString())
        .withMessageContaining("is not of this checkpoint")
        .withMessageContaining("has no module");
    assertThat(folder.resolve("folded")).doesNotExist();
  }

  @Test
  void theCommandLineRefusesInOneLine() {
    assertRefused("no --format", "--format");
    assertRefused("which model is not said", "--device N", "--format", "peft");
    assertRefused("both name a model", "", "--format", "peft", "--device", "0", "--model", "llm");
    assertRefused("leave --device and --model out", "", "--format", "dpm", "--device", "0");
    assertRefused("'whole'", "", "--format", "whole", "--device", "0");
    assertRefused("there is no device 9", "0 to 1", "--format", "peft", "--device", "9");
    Folders.delete(run.resolve("rounds"));
    assertRefused("nothing is tuned", "coplms cotune", "--format", "peft", "--device", "0");
  }

  private void assertRefused(String part, String other, String... options) {
    Console.Outcome outcome = TinyRun.recorded("export", run.toString(), "local[1]", options);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.errors().get(0)).startsWith("error: ").contains(other);
    if (options.length > 0) {
      assertThat(outcome.errors().get(0)).contains(part);
    }
  }

  /** Into the run folder, where no --out says otherwise. */
  private Path export(String format) {
    assertThat(
            TinyRun.recorded(
                "export", run.toString(), "local[1]", "--device", "0", "--format", format))
        .isEqualTo(new Console.Outcome(0, List.of()));
    return run.resolve("export/round-0001/device-0-" + format);
  }

  private float[] tunedLogits() {
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager manager = compute.newManager();
        LanguageModel model =
            SlmTuning.tuned(base, settings.cotune().edge().slm(), state, manager)) {
      model.adapterActive(false);
      return logits(model, manager);
    }
  }

  private static float[] logits(BaseModel base) {
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager manager = compute.newManager();
        LanguageModel model = base.instantiate(manager)) {
      return logits(model, manager);
    }
  }

  private static float[] logits(LanguageModel model, NDManager manager) {
    NDArray ids = manager.create(new long[] {1, 30, 100, 200, 7, 250}, new Shape(2, 3));
    return model.logits(model.hidden(ids)).toFloatArray();
  }
}
