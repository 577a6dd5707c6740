package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.coplms.jobs.export.ExportRequest.ServerModel.DPM;
import static org.coplms.jobs.export.ExportRequest.ServerModel.LLM;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.coplms.jobs.cli.Console;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.export.Export;
import org.coplms.jobs.export.ExportException;
import org.coplms.jobs.export.ExportRequest;
import org.coplms.jobs.export.ExportRequest.Format;
import org.coplms.jobs.export.ExportRequest.ServerModel;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.progress.Progress;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.translate.TextGenerationTranslatorFactory;
import org.coplms.udfs.model.ModelFolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of a finished run, exported and opened again. */
@Tag("spark")
class ExportTest {
  private static final LoraConfig LORA =
      new LoraConfig(4, 8, 0, List.of(LoraConfig.ALL_LINEAR)); // tiny.conf's theta and llm-lora

  private static final List<String> LINES = new ArrayList<>();

  private static Path run;
  private static RunContext context;
  @TempDir Path folder;

  @BeforeAll
  static void openARun() {
    run = TinyRun.whole();
    Settings settings = TinyRun.settings(Map.of());
    context =
        new RunContext(
            TinyRun.session("local[1]", 2),
            Console.open(run.toString(), settings, new Configuration()),
            settings,
            new Lines());
  }

  @AfterAll
  static void close() {
    context.spark().close();
  }

  /** Keeps what a user would read. */
  private static final class Lines implements Progress {
    @Override
    public Task start(String label, long steps) {
      return Progress.silent().start(label, steps);
    }

    @Override
    public void line(String text) {
      LINES.add(text);
    }
  }

  @Test
  void theLlmsLoraHasPeftsNamesShapesAndConfiguration() throws Exception {
    Path out = export(server(LLM, Format.PEFT), "peft");

    assertThat(names(out))
        .containsExactly(
            "README.md", "adapter_config.json", "adapter_model.safetensors", "serving.properties");
    SortedMap<String, HostTensor> tensors =
        Safetensors.read(out.resolve("adapter_model.safetensors"));
    SortedMap<String, String> shapes = new TreeMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.toString()));
    assertThat(shapes).isEqualTo(llamaFactors(json(run.resolve("models/llm/config.json")), 4));
    JsonNode config = json(out.resolve("adapter_config.json"));
    assertThat(config.path("peft_type").asText()).isEqualTo("LORA");
    assertThat(config.path("task_type").asText()).isEqualTo("CAUSAL_LM");
    assertThat(config.path("r").asInt()).isEqualTo(4);
    assertThat(config.path("lora_alpha").asInt()).isEqualTo(8);
    assertThat(config.path("fan_in_fan_out").asBoolean(true)).isFalse();
    assertThat(config.path("base_model_name_or_path").asText())
        .isEqualTo(run.resolve("models/llm").toString());
    List<String> targets = new ArrayList<>();
    config.path("target_modules").forEach(target -> targets.add(target.asText()));
    assertThat(targets)
        .containsExactlyInAnyOrder(
            "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
  }

  /**
   * PEFT's convention, from its documentation: for each adapted {@code Linear(in, out)} an {@code
   * lora_A} of (r, in) and a {@code lora_B} of (out, r) below {@code base_model.model}.
   */
  private static SortedMap<String, String> llamaFactors(JsonNode config, int rank) {
    int hidden = config.path("hidden_size").asInt();
    int wide = config.path("intermediate_size").asInt();
    int heads = config.path("num_attention_heads").asInt();
    int narrow = hidden / heads * config.path("num_key_value_heads").asInt();
    SortedMap<String, String> factors = new TreeMap<>();
    for (int layer = 0; layer < config.path("num_hidden_layers").asInt(); layer++) {
      String block = "base_model.model.model.layers.%d.".formatted(layer);
      pair(factors, block + "self_attn.q_proj", hidden, hidden, rank);
      pair(factors, block + "self_attn.k_proj", hidden, narrow, rank);
      pair(factors, block + "self_attn.v_proj", hidden, narrow, rank);
      pair(factors, block + "self_attn.o_proj", hidden, hidden, rank);
      pair(factors, block + "mlp.gate_proj", hidden, wide, rank);
      pair(factors, block + "mlp.up_proj", hidden, wide, rank);
      pair(factors, block + "mlp.down_proj", wide, hidden, rank);
    }
    return factors;
  }

  private static void pair(Map<String, String> factors, String module, int in, int out, int rank) {
    factors.put(module + ".lora_A.weight", "float32[%d, %d]".formatted(rank, in));
    factors.put(module + ".lora_B.weight", "float32[%d, %d]".formatted(out, rank));
  }

  @Test
  void theLlmComesBackWithEqualLogitsFromEitherLayout() throws Exception {
    Path merged = export(server(LLM, Format.MERGED), "merged");
    Path peft = export(server(LLM, Format.PEFT), "peft");
    KeptState state =
        KeptState.fromBytes(Files.readAllBytes(run.resolve("rounds/0002/server.safetensors")));
    BaseModel base = read(run.resolve("models/llm"));

    float[] tuned = logits(base, model -> attach(model, state.group("llm")));
    PeftAdapter adapter =
        PeftAdapter.parse(
            Files.readString(peft.resolve("adapter_config.json")),
            Safetensors.read(peft.resolve("adapter_model.safetensors")));
    assertThat(logits(base, model -> model.attachLora(adapter))).isEqualTo(tuned);
    assertThat(logits(read(merged), model -> {})).hasSameSizeAs(tuned).satisfies(near(tuned));
    assertThat(tuned).isNotEqualTo(logits(base, model -> {}));
  }

  @Test
  void theProxyIsExportedMergedAndAsLora() throws Exception {
    Path merged =
        export(
            request(Optional.empty(), Optional.empty(), Format.DPM, OptionalInt.empty()), "merged");
    Path peft = export(server(DPM, Format.PEFT), "peft");
    SortedMap<String, HostTensor> theta =
        Safetensors.read(run.resolve("rounds/0002/proxy.safetensors"));

    assertThat(Safetensors.read(peft.resolve("adapter_model.safetensors"))).isEqualTo(theta);
    float[] tuned = logits(read(run.resolve("models/dpm")), model -> attach(model, theta));
    assertThat(logits(read(merged), model -> {})).satisfies(near(tuned));
  }

  @Test
  void anSlmThatWasTunedInFullIsItsWeights() throws Exception {
    Path out = export(device(1, Format.MERGED), "out");
    KeptState state =
        KeptState.fromBytes(Files.readAllBytes(run.resolve("rounds/0002/devices/1.safetensors")));

    assertThat(Safetensors.read(out.resolve("model.safetensors"))).isEqualTo(state.group("slm"));
    assertThat(Safetensors.read(out.resolve("domain_adapter.safetensors")))
        .isEqualTo(state.group("slm-adapter"));
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      assertThat(out.resolve(name))
          .hasSameBinaryContentAs(run.resolve("models/slm-qwen2").resolve(name));
    }
  }

  @Test
  void anEarlierRoundIsExportedOnDemand() throws Exception {
    Path out =
        export(request(Optional.of(0), Optional.empty(), Format.MERGED, OptionalInt.of(1)), "out");
    KeptState state =
        KeptState.fromBytes(Files.readAllBytes(run.resolve("rounds/0001/devices/0.safetensors")));

    assertThat(Safetensors.read(out.resolve("model.safetensors"))).isEqualTo(state.group("slm"));
    assertThat(out.resolve("README.md"))
        .content()
        .contains("after round 1")
        .doesNotContain("## Scores");
  }

  @Test
  void djlAnswersTheTestQuestionsAsTheRunDid() throws Exception {
    Path out = export(device(0, Format.MERGED), "out");
    List<String> questions = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    for (Row row :
        context
            .spark()
            .read()
            .parquet(run.resolve("predictions/model=slm-after").toString())
            .filter("device = 0")
            .orderBy("id")
            .collectAsList()) {
      questions.add(row.getAs("question"));
      answers.add(row.getAs("prediction"));
    }
    Criteria<String, String> criteria =
        Criteria.builder()
            .setTypes(String.class, String.class)
            .optModelPath(out)
            .optTranslatorFactory(new TextGenerationTranslatorFactory())
            .build();
    try (ZooModel<String, String> model = criteria.loadModel();
        Predictor<String, String> predictor = model.newPredictor()) {
      assertThat(predictor.batchPredict(questions)).isEqualTo(answers);
    }
    assertThat(answers).hasSize(8).anyMatch(answer -> !answer.isEmpty());
  }

  @Test
  void theModelCardSaysWhatIsKnown() throws Exception {
    String card = Files.readString(export(device(0, Format.MERGED), "out").resolve("README.md"));

    assertThat(card)
        .startsWith("---\nlibrary_name: transformers\n")
        .contains("pipeline_tag: text-generation", "- co-tuning")
        .doesNotContain("base_model:", "license", "language:")
        .contains("SLM of edge device 0", "slm-gpt2", "every weight")
        .contains("| domain | train | validation | test |")
        .contains("| slm-before | ", "| slm-alone | ", "| slm-after | ")
        .contains("| cotune.strategy | co-plms |", "| seed | 5 |")
        .contains("that device's private data", "No differential privacy")
        .contains("domain_adapter.safetensors")
        .contains("from_pretrained(folder", "setTypes(String.class, String.class)");
    String llm = Files.readString(export(server(LLM, Format.PEFT), "llm").resolve("README.md"));
    assertThat(llm)
        .startsWith("---\nlibrary_name: peft\n")
        .contains("- lora", "LoRA of rank 4", "PeftModel", "| llm-after | ")
        .contains("40 private training examples")
        .doesNotContain("domain adapter");
  }

  @Test
  void aDomainAdapterIsAnnouncedOnce() {
    LINES.clear();
    export(device(0, Format.MERGED), "out");
    assertThat(LINES)
        .hasSize(2)
        .first()
        .asString()
        .contains("domain adapter of the SLM of edge device 0", "neither LoRA nor foldable")
        .contains("domain_adapter.safetensors");
    assertThat(LINES.get(1)).startsWith("exported the SLM of edge device 0 after round 2 to file:");
  }

  @Test
  void whatCannotBeExportedIsRefusedWithTheRemedy() throws Exception {
    assertRefused(device(2, Format.MERGED), "no device 2", "has 2, 0 to 1");
    assertRefused(device(-1, Format.MERGED), "no device -1");
    assertRefused(
        device(0, Format.PEFT), "SLM of edge device 0 was tuned in full", "--format merged");
    assertRefused(
        request(Optional.of(0), Optional.empty(), Format.MERGED, OptionalInt.of(3)),
        "round 3 is not in",
        "[1, 2]");
    assertThat(folder.resolve("out")).doesNotExist();
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("out/notes.txt"), "mine");
    assertRefused(device(0, Format.MERGED), "is not empty (notes.txt)", "--out", "--force");
    assertThat(names(folder.resolve("out"))).containsExactly("notes.txt");
  }

  @Test
  void theModelUnderTheTunedOneIsNeverReplaced() {
    Path under = run.resolve("models/llm");
    Map<String, String> before = Folders.hashes(under, name -> true);
    ExportRequest into =
        ExportRequest.of(
            Optional.empty(),
            Optional.of(LLM),
            Format.MERGED,
            OptionalInt.empty(),
            Optional.of(under.toString()),
            Optional.empty(),
            true);
    assertThatThrownBy(() -> Export.run(context, into))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("must stay");
    assertThat(Folders.hashes(under, name -> true)).isEqualTo(before);
  }

  @Test
  void forceReplacesWhatAnExportLeftAndNothingElse() throws Exception {
    Path out = export(server(LLM, Format.PEFT), "out");
    Files.writeString(out.resolve("notes.txt"), "mine");
    ExportRequest again =
        ExportRequest.of(
            Optional.of(0),
            Optional.empty(),
            Format.MERGED,
            OptionalInt.empty(),
            Optional.of(out.toString()),
            Optional.empty(),
            true);
    Export.run(context, again);
    assertThat(names(out))
        .contains("notes.txt", "model.safetensors", "domain_adapter.safetensors")
        .doesNotContain("adapter_config.json", "adapter_model.safetensors");
  }

  private void assertRefused(ExportRequest request, String... parts) {
    assertThatThrownBy(() -> export(request, "out"))
        .isInstanceOf(ExportException.class)
        .hasMessageContainingAll(parts);
  }

  private static ExportRequest device(int device, Format format) {
    return request(Optional.of(device), Optional.empty(), format, OptionalInt.empty());
  }

  private static ExportRequest server(ServerModel model, Format format) {
    return request(Optional.empty(), Optional.of(model), format, OptionalInt.empty());
  }

  private static ExportRequest request(
      Optional<Integer> device, Optional<ServerModel> model, Format format, OptionalInt round) {
    return ExportRequest.of(
        device, model, format, round, Optional.empty(), Optional.empty(), false);
  }

  private Path export(ExportRequest request, String name) {
    Path out = folder.resolve(name);
    Export.run(
        context,
        new ExportRequest(
            request.subject(),
            request.layout(),
            request.round(),
            Optional.of(out.toString()),
            request.dtype(),
            request.force()));
    return out;
  }

  private static void attach(LanguageModel model, SortedMap<String, HostTensor> factors) {
    model.attachLora(LORA, 0);
    model.setParameters(factors);
  }

  private static float[] logits(BaseModel base, Consumer<LanguageModel> change) {
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager manager = compute.newManager();
        LanguageModel model = base.instantiate(manager)) {
      change.accept(model);
      NDArray ids = manager.create(new long[] {1, 30, 100, 200, 7, 250}, new Shape(2, 3));
      return model.logits(model.hidden(ids)).toFloatArray();
    }
  }

  private static Consumer<float[]> near(float[] expected) {
    return actual -> assertThat(actual).containsExactly(expected, offset(1e-4f));
  }

  private static BaseModel read(Path folder) {
    return ModelFolder.read(folder.toString(), new Configuration());
  }

  private static JsonNode json(Path file) throws IOException {
    return new JsonMapper().readTree(file.toFile());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
