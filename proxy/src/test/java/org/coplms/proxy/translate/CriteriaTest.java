package org.coplms.proxy.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.lm.Decoding;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.ChatFormat;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TestTokenizers;
import org.coplms.proxy.tokenizer.TextFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported folders opened as any DJL user opens a model. */
class CriteriaTest {
  private static final List<String> PROMPTS = List.of("the cat", "a", "seven of the others", "?");
  private static final int NEW_TOKENS = 12;

  @TempDir Path folder;
  private NDManager manager;
  private LmTokenizer tokenizer;
  private LanguageModel model;

  @BeforeEach
  void writeAModel() throws Exception {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
    tokenizer = TestTokenizers.byteLevel(280);
    LmConfig config = LmConfig.of(Family.LLAMA, tokenizer.vocabSize(), 16, 2, 4, 64);
    model = LanguageModel.random(config, 5, manager);
    scramble(model.baseParameters(), 0.4);
    Checkpoint.save(folder, config, model.baseWeights());
    tokenizer.save(folder);
    Files.writeString(
        folder.resolve("serving.properties"),
        """
        engine=PyTorch
        option.hasParameter=false
        blockFactory=%s
        maxNewTokens=%d
        """
            .formatted(LanguageModelBlockFactory.class.getName(), NEW_TOKENS));
  }

  @AfterEach
  void close() {
    tokenizer.close();
    manager.close();
  }

  @Test
  void aPredictionIsTheGeneratorsGreedyAnswer() throws Exception {
    try (ZooModel<String, String> opened = text().build().loadModel();
        Predictor<String, String> predictor = opened.newPredictor()) {
      assertThat(predictor.predict(PROMPTS.get(0))).isEqualTo(answers().get(0));
      assertThat(predictor.batchPredict(PROMPTS)).isEqualTo(answers());
    }
    assertThat(Set.copyOf(answers())).hasSizeGreaterThan(2).doesNotContain("");
  }

  @Test
  void argumentsOfTheCriteriaWinOverThoseOfTheFolder() throws Exception {
    Criteria<String, String> criteria = text().optArgument("maxNewTokens", "2").build();
    try (ZooModel<String, String> opened = criteria.loadModel();
        Predictor<String, String> predictor = opened.newPredictor()) {
      assertThat(predictor.batchPredict(PROMPTS))
          .isEqualTo(new Generator(model, tokenizer).answer(PROMPTS, Decoding.greedy(2), 0))
          .isNotEqualTo(answers());
    }
    assertThatThrownBy(() -> text().optArgument("maxNewTokens", "many").build().loadModel())
        .hasMessageContaining("maxNewTokens must be a number, got 'many'");
    assertThatThrownBy(() -> text().optArgument("stop", "end").build().loadModel())
        .hasMessageContaining("stop must be a JSON list of texts, got 'end'");
  }

  @Test
  void argumentsAreReadAsTheyWereWritten() {
    for (PromptFormat format :
        List.of(
            new TextFormat(" = \n"), new TextFormat("Q: ", "\nA: "), new ChatFormat("Be brief."))) {
      GenerationArguments arguments =
          new GenerationArguments(
              format, new Decoding(0.5, 7, 0.9, 1.25, List.of("\n", "\"end\""), 33), 123456789012L);
      assertThat(GenerationArguments.of(arguments.toMap())).isEqualTo(arguments);
    }
  }

  @Test
  void requestsAreAnsweredAsDjlServingSendsThem() throws Exception {
    Criteria<Input, Output> criteria =
        Criteria.builder()
            .setTypes(Input.class, Output.class)
            .optModelPath(folder)
            .optTranslatorFactory(new TextGenerationTranslatorFactory())
            .build();
    Input request = new Input();
    request.add(PROMPTS.get(0));
    try (ZooModel<Input, Output> opened = criteria.loadModel();
        Predictor<Input, Output> predictor = opened.newPredictor()) {
      assertThat(predictor.predict(request).getData().getAsString()).isEqualTo(answers().get(0));
    }
  }

  @Test
  void theBlockGivesTheModelsLogits() throws Exception {
    assertThat(openedLogits()).isEqualTo(logits());
  }

  @Test
  void aDomainAdapterBesideTheWeightsTakesPart() throws Exception {
    float[] before = logits();
    model.attachAdapter(new AdapterConfig(3), 1);
    scramble(model.adapterParameters(), 0.5);
    SavedAdapter adapter =
        new SavedAdapter(new AdapterConfig(3), HostTensor.copyOf(model.adapterParameters()));
    Files.writeString(folder.resolve(SavedAdapter.CONFIG), adapter.configJson());
    write(adapter.tensors(), SavedAdapter.WEIGHTS);

    assertThat(openedLogits()).isEqualTo(logits()).isNotEqualTo(before);
  }

  @Test
  void aLoraInPeftsLayoutIsOpenedOverItsBase(@TempDir Path elsewhere) throws Exception {
    LoraConfig lora = new LoraConfig(2, 4, 0, List.of("q_proj", "down_proj"));
    model.attachLora(lora, 1);
    scramble(model.loraParameters(), 0.5);
    PeftAdapter adapter =
        PeftAdapter.of(
            folder.toString(),
            lora,
            false,
            HostTensor.copyOf(model.loraParameters()),
            List.of("model.layers.0.self_attn.q_proj"));
    Files.move(folder.resolve("serving.properties"), elsewhere.resolve("serving.properties"));
    Path checkpoint = folder;
    folder = elsewhere;
    Files.writeString(folder.resolve(PeftAdapter.CONFIG), adapter.configJson());
    write(adapter.tensors(), PeftAdapter.WEIGHTS);

    assertThat(openedLogits()).isEqualTo(logits());

    Files.delete(checkpoint.resolve(Checkpoint.WEIGHTS));
    Files.writeString(
        folder.resolve(PeftAdapter.CONFIG),
        adapter.configJson().replace(checkpoint.toString(), "some/where"));
    assertThatThrownBy(() -> text().build().loadModel())
        .hasMessageContaining("LoRA of 'some/where'")
        .hasMessageContaining("--format merged");
  }

  @Test
  void predictorsOfOneModelTakeTurns() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (ZooModel<String, String> opened = text().build().loadModel()) {
      List<Future<List<String>>> running = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        running.add(
            threads.submit(
                () -> {
                  try (Predictor<String, String> predictor = opened.newPredictor()) {
                    return predictor.batchPredict(PROMPTS);
                  }
                }));
      }
      for (Future<List<String>> one : running) {
        assertThat(one.get()).isEqualTo(answers());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void otherTypesAndOtherBlocksAreRefused() throws Exception {
    TextGenerationTranslatorFactory factory = new TextGenerationTranslatorFactory();
    assertThat(factory.isSupported(String.class, float[].class)).isFalse();
    try (ZooModel<NDList, NDList> opened = logitsModel();
        Model other = Model.newInstance("other", "PyTorch")) {
      assertThatThrownBy(() -> factory.newInstance(String.class, float[].class, opened, Map.of()))
          .isInstanceOf(TranslateException.class)
          .hasMessageContaining("not from java.lang.String to [F");
      assertThatThrownBy(() -> factory.newInstance(String.class, String.class, other, Map.of()))
          .isInstanceOf(TranslateException.class)
          .hasMessageContaining("blockFactory")
          .hasMessageContaining(LanguageModelBlockFactory.class.getName());
    }
  }

  private Criteria.Builder<String, String> text() {
    return Criteria.builder()
        .setTypes(String.class, String.class)
        .optModelPath(folder)
        .optTranslatorFactory(new TextGenerationTranslatorFactory());
  }

  private List<String> answers() {
    return new Generator(model, tokenizer).answer(PROMPTS, Decoding.greedy(NEW_TOKENS), 0);
  }

  private ZooModel<NDList, NDList> logitsModel() throws Exception {
    return Criteria.builder()
        .setTypes(NDList.class, NDList.class)
        .optModelPath(folder)
        .optTranslator(new NoopTranslator())
        .build()
        .loadModel();
  }

  private float[] openedLogits() throws Exception {
    try (ZooModel<NDList, NDList> opened = logitsModel();
        Predictor<NDList, NDList> predictor = opened.newPredictor();
        NDArray ids = ids()) {
      return predictor.predict(new NDList(ids)).singletonOrThrow().toFloatArray();
    }
  }

  private float[] logits() {
    try (NDArray ids = ids()) {
      return Torch.withoutRecording(() -> model.logits(model.hidden(ids)).toFloatArray());
    }
  }

  private NDArray ids() {
    return manager.create(new long[] {1, 40, 70, 270, 90, 91, 17, 18}, new Shape(2, 4));
  }

  private void scramble(Map<String, NDArray> parameters, double deviation) {
    SplittableRandom random = new SplittableRandom(7);
    SortedMap<String, HostTensor> values = new TreeMap<>();
    parameters.forEach(
        (name, array) ->
            values.put(name, RandomTensors.normal(array.getShape().getShape(), deviation, random)));
    model.setParameters(values);
  }

  private void write(SortedMap<String, HostTensor> tensors, String name) {
    Safetensors.write(tensors, Map.of("format", "pt"), folder.resolve(name));
  }
}
