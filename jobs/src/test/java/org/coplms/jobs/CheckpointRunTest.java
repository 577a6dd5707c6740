package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.cli.Console;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.SlmTuning;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.ValueType;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.PeftFolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run of chat models of five families, from checkpoints to exported folders. */
@Tag("spark")
class CheckpointRunTest {
  private static final Path CONFIGURATION =
      Path.of("src", "test", "resources", "checkpoints", "run.conf");
  private static final Configuration FILES = new Configuration();
  private static final List<String> SLMS = List.of("qwen2", "mistral", "gpt_neox", "bloom");

  @TempDir static Path folder;
  private static Path run;
  private static Settings settings;

  @BeforeAll
  static void runOnce() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    checkpoints.gptNeox();
    String slms =
        """
        [{type = checkpoint, name = qwen2, path = "%s", dtype = bfloat16},
         {type = checkpoint, name = mistral, path = "%s"},
         {type = checkpoint, name = gpt_neox, path = "%s", adapter = "%s"},
         {type = checkpoint, name = bloom, path = "%s"}]"""
            .formatted(
                checkpoints.qwen2(),
                checkpoints.mistral(),
                checkpoints.folder("gpt_neox"),
                checkpoints.adapter(),
                checkpoints.bloom());
    String llm =
        "{type = checkpoint, name = llm, path = \"%s\"}".formatted(checkpoints.llama(examples()));
    run = folder.resolve("run");
    command("prepare", configured(slms, llm));
    for (String stage : List.of("pretrain", "distill", "cotune", "evaluate", "report")) {
      command(stage);
    }
    settings =
        ConfigLayers.ofRecorded(
                Map.of(),
                RunStore.recordedConfiguration(run.toString(), Set.of(), FILES).orElseThrow(),
                run.toString())
            .bind(Settings.class);
  }

  private static String[] configured(String slms, String llm) throws IOException {
    List<String> options = new ArrayList<>(List.of("--conf", CONFIGURATION.toString()));
    for (String setting :
        List.of(
            "models.slms=" + slms,
            "models.llm=" + llm,
            "models.cache=" + folder.resolve("cache"),
            "data.source.path=" + jsonl())) {
      options.addAll(List.of("-D", setting));
    }
    return options.toArray(String[]::new);
  }

  private static List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String sum = "what is %d and %d?".formatted(i, i + 1);
      examples.add(new Example("s" + i, "sums", sum, List.of("" + (2 * i + 1))));
      String parity = "is the number %d even?".formatted(i);
      examples.add(new Example("p" + i, "parity", parity, List.of(i % 2 == 0 ? "yes" : "no")));
    }
    return examples;
  }

  private static Path jsonl() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Example example : examples()) {
      lines.add(line(example.domain(), example.prompt(), example.response()));
    }
    lines.add(line("sums", "what does <|eot_id|> mean?", "<|im_end|>"));
    return Files.write(folder.resolve("examples.jsonl"), lines);
  }

  private static String line(String domain, String prompt, String response) {
    return "{\"domain\": \"%s\", \"prompt\": \"%s\", \"response\": \"%s\"}"
        .formatted(domain, prompt, response);
  }

  private static void command(String name, String... options) {
    assertThat(TinyRun.recorded(name, run.toString(), "local[2]", options))
        .as(name)
        .isEqualTo(new Console.Outcome(0, List.of()));
  }

  @Test
  void theLlmWroteConversationsAndEveryModelWasAsked() {
    try (SparkSession spark = TinyRun.session("local[1]", 2)) {
      assertThat(spark.read().parquet(run.resolve("data/generated").toString()).count())
          .isPositive();
      assertThat(predictions(spark).select("model").distinct().count()).isEqualTo(7);
    }
    assertThat(run.resolve("report/index.html")).isNotEmptyFile();
  }

  private static Dataset<Row> predictions(SparkSession spark) {
    return spark.read().parquet(run.resolve("predictions").toString());
  }

  @Test
  void everyTunedModelAnswersAsInTheEvaluation() {
    List<Row> asked;
    try (SparkSession spark = TinyRun.session("local[1]", 2)) {
      asked =
          predictions(spark)
              .where("model in ('slm-after', 'llm-after', 'dpm')")
              .dropDuplicates("model", "device")
              .select("model", "device", "question", "prediction")
              .collectAsList();
    }
    assertThat(asked).hasSize(6);
    for (Row row : asked) {
      boolean slm = row.getString(0).equals("slm-after");
      String name = row.getString(0).equals("dpm") ? "dpm" : "llm";
      String answer =
          generate(
              "--model",
              run.toString(),
              slm ? "--device" : "--model-name",
              slm ? "" + row.getInt(1) : name,
              "--prompt",
              row.getString(2),
              "--max-new-tokens",
              "8");
      assertThat(answer.strip()).as("%s", row).isEqualTo(row.getString(3).strip());
    }
  }

  private static String generate(String... options) {
    List<String> args = new ArrayList<>(List.of("generate"));
    args.addAll(List.of(options));
    return Console.output(Stages.pipeline(), args);
  }

  @Test
  void everySlmComesBackFromEitherLayout() throws Exception {
    for (int device = 0; device < SLMS.size(); device++) {
      Path merged = export("device-%d-merged", "" + device, "merged");
      Path peft = export("device-%d-peft", "" + device, "peft");
      BaseModel base = ModelFolder.read(base(device), FILES);
      KeptState state =
          KeptState.fromBytes(
              Files.readAllBytes(
                  run.resolve("rounds/0001/devices/%d.safetensors".formatted(device))));
      Compute compute = Compute.oneCore();
      compute.begin();
      try (NDManager manager = compute.newManager();
          LanguageModel tuned =
              SlmTuning.tuned(base, settings.cotune().edge().slm(), state, manager);
          LanguageModel attached = base.instantiate(manager);
          LanguageModel again = ModelFolder.read(merged.toString(), FILES).instantiate(manager)) {
        tuned.adapterActive(false);
        attached.attachLora(PeftFolder.read(peft.toString(), FILES));
        float[] logits = logits(tuned, manager);
        assertThat(logits(attached, manager)).as(SLMS.get(device)).isEqualTo(logits);
        assertThat(logits(again, manager)).containsExactly(logits, offset(0.02f));
        assertRounded(base, tuned, merged);
      }
    }
  }

  /** The checkpoint under a device's SLM: the user's, or in the run with a LoRA folded in. */
  private static String base(int device) {
    String name = SLMS.get(device);
    return (name.equals("gpt_neox") ? run.resolve("models/gpt_neox") : folder.resolve(name))
        .toString();
  }

  private static void assertRounded(BaseModel base, LanguageModel tuned, Path merged)
      throws IOException {
    BaseModel written = ModelFolder.read(merged.toString(), FILES);
    for (String name : base.weights().names()) {
      ValueType type = base.weights().type(name);
      assertThat(written.weights().type(name)).as(name).isEqualTo(type);
      HostTensor exact = tuned.merged().host(name);
      HostTensor rounded = written.weights().host(name);
      double unit = type == ValueType.F32 ? 0 : type == ValueType.F16 ? 0x1p-11 : 0x1p-8;
      for (int i = 0; i < exact.size(); i++) {
        assertThat((double) rounded.at(i))
            .isEqualTo(exact.at(i), offset(unit * Math.abs(exact.at(i)) + 0x1p-25));
      }
    }
    String dtype =
        new JsonMapper()
            .readTree(merged.resolve("config.json").toFile())
            .path("torch_dtype")
            .asText();
    ValueType matrices =
        base.weights()
            .type(
                base.weights().names().stream()
                    .filter(name -> base.weights().shape(name).length == 2)
                    .findFirst()
                    .orElseThrow());
    assertThat(dtype).isEqualTo(matrices.hfName());
  }

  @Test
  void serverModelsComeBackInTheTypeThatIsAskedFor() throws Exception {
    Path dpm = folder.resolve("dpm");
    command("export", "--format", "dpm", "--out", dpm.toString());
    Path llm = folder.resolve("llm-bf16");
    command(
        "export",
        "--model",
        "llm",
        "--format",
        "merged",
        "--out",
        llm.toString(),
        "--dtype",
        "bfloat16");
    BaseModel narrow = ModelFolder.read(llm.toString(), FILES);

    assertThat(narrow.weights().names())
        .allMatch(name -> narrow.weights().type(name) == ValueType.BF16);
    assertThat(llm.resolve("config.json")).content().contains("\"torch_dtype\" : \"bfloat16\"");
    assertThat(llm.resolve("README.md"))
        .content()
        .contains("apply_chat_template([{\"role\": \"user\"", "torch_dtype=\"auto\"");
    String prompt = "what is 3 and 4?";
    assertThat(generate("--model", dpm.toString(), "--prompt", prompt))
        .isEqualTo(generate("--model", run.toString(), "--model-name", "dpm", "--prompt", prompt));
    assertThat(generate("--model", llm.toString(), "--prompt", prompt)).isNotEmpty();
    Console.Outcome refused =
        TinyRun.recorded(
            "export",
            run.toString(),
            "local[1]",
            "--model",
            "llm",
            "--format",
            "peft",
            "--dtype",
            "bfloat16");
    assertThat(refused.errors()).singleElement().asString().contains("--dtype is for merged");
  }

  @Test
  void aCheckpointThatIsGoneIsNamedWithWhereItMayBe() throws Exception {
    Files.move(folder.resolve("bloom"), folder.resolve("away"));
    try {
      Console.Outcome outcome =
          Console.run(
              Stages.pipeline(),
              List.of("generate", "--model", run.toString(), "--device", "3", "--prompt", "x"));
      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.errors())
          .singleElement()
          .asString()
          .contains("model bloom", folder.resolve("bloom").toString(), "models/bloom");
    } finally {
      Files.move(folder.resolve("away"), folder.resolve("bloom"));
    }
  }

  private static Path export(String name, String device, String format) {
    Path out = folder.resolve("out").resolve(name.formatted(Integer.valueOf(device)));
    command("export", "--device", device, "--format", format, "--out", out.toString());
    return out;
  }

  private static float[] logits(LanguageModel model, NDManager manager) {
    long[] ids = new long[12];
    Arrays.setAll(ids, i -> (7L * i + 3) % 50);
    NDArray batch = manager.create(ids, new Shape(2, 6));
    return model.logits(model.hidden(batch)).toFloatArray();
  }
}
