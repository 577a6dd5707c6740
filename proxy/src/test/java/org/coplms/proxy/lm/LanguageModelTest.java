package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LanguageModelTest {
  private NDManager manager;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Device.cpu());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void freshLoraAndAdapterChangeNotOneBit(Family family) {
    LanguageModel model = Models.random(family, manager);
    NDArray ids = Models.ids(3, 9, manager);
    float[] before = Models.logits(model, ids);

    model.attachLora(Models.ALL_LINEAR, 1);
    model.attachAdapter(Models.ADAPTER, 2);

    assertThat(Models.logits(model, ids)).containsExactly(before);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void mergedWeightsEqualTheForwardWithLora(Family family) {
    LanguageModel model = Models.random(family, manager);
    model.attachLora(Models.ALL_LINEAR, 1);
    NDArray ids = Models.ids(3, 9, manager);
    float[] base = Models.logits(model, ids);
    Models.scramble(model, model.loraParameters());
    float[] withLora = Models.logits(model, ids);

    LanguageModel merged = LanguageModel.of(model.config(), model.mergedWeights(), manager);

    assertThat(Models.logits(merged, ids))
        .usingComparatorWithPrecision(1e-4f)
        .containsExactly(withLora);
    assertThat(withLora).isNotEqualTo(base);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void tokensSeeOnlyWhatComesBefore(Family family) {
    LanguageModel model = Models.random(family, manager);
    NDArray ids = Models.ids(2, 9, manager);
    NDArray shorter = ids.get(new NDIndex(":, :5")).duplicate();

    NDArray full = model.hidden(ids).get(new NDIndex(":, :5"));

    assertThat(full.toFloatArray())
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(model.hidden(shorter).toFloatArray());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void everyBaseParameterGetsAGradient(Family family) {
    LanguageModel model = Models.random(family, manager);
    model.baseParameters().values().forEach(p -> p.setRequiresGradient(true));

    backward(model, manager);

    model.baseParameters().forEach((name, p) -> assertThat(gradientNorm(p)).as(name).isPositive());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void onlyWhatIsTrainableGetsAGradient(Family family) {
    LanguageModel model = Models.random(family, manager);
    model.attachLora(
        new LoraConfig(
            2,
            4,
            0,
            List.of("q_proj", "c_attn", "v_proj").stream()
                .filter(t -> (family == Family.GPT2) == t.equals("c_attn"))
                .toList()),
        1);
    model.attachAdapter(Models.ADAPTER, 2);
    Models.scramble(model, model.loraParameters());
    Models.scramble(model, model.adapterParameters());
    model.loraParameters().values().forEach(p -> p.setRequiresGradient(true));

    backward(model, manager);

    model.loraParameters().forEach((name, p) -> assertThat(gradientNorm(p)).as(name).isPositive());
    assertThat(model.baseParameters().values()).noneMatch(NDArray::hasGradient);
    assertThat(model.adapterParameters().values()).noneMatch(NDArray::hasGradient);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void gradientsEqualFiniteDifferences(Family family) {
    LanguageModel model = Models.random(family, manager);
    model.attachLora(Models.ALL_LINEAR, 1);
    model.attachAdapter(Models.ADAPTER, 2);
    Models.scramble(model, model.loraParameters());
    Models.scramble(model, model.adapterParameters());
    Map<String, NDArray> all = new TreeMap<>(model.baseParameters());
    all.putAll(model.loraParameters());
    all.putAll(model.adapterParameters());
    all.values().forEach(p -> p.setRequiresGradient(true));
    backward(model, manager);
    SplittableRandom random = new SplittableRandom(9);

    all.forEach(
        (name, p) -> {
          HostTensor value = HostTensor.copyOf(p);
          int index = random.nextInt(value.size());
          float step = 2e-3f;
          double up = loss(model, name, moved(value, index, step));
          double down = loss(model, name, moved(value, index, -step));
          model.setParameters(Map.of(name, value));
          double gradient = p.getGradient().toFloatArray()[index];
          assertThat((up - down) / (2 * step))
              .as(name)
              .isCloseTo(gradient, org.assertj.core.api.Assertions.within(1e-3));
        });
  }

  @Test
  void nothingIsLeftBehindByManySteps() {
    for (Family family : Family.values()) {
      LanguageModel model = Models.random(family, manager);
      model.attachLora(Models.ALL_LINEAR, 1);
      model.attachAdapter(Models.ADAPTER, 2);
      model.loraParameters().values().forEach(p -> p.setRequiresGradient(true));
      step(model);
      int modelArrays = liveArrays(model);
      int ownerArrays = manager.getManagedArrays().size();

      for (int i = 0; i < 200; i++) {
        step(model);
      }

      assertThat(liveArrays(model)).as(family + " model").isEqualTo(modelArrays);
      assertThat(manager.getManagedArrays()).as(family + " owner").hasSize(ownerArrays);
    }
  }

  @Test
  void theSameSeedGivesTheSameModelAndAnotherSeedAnother() {
    LmConfig config = Models.config(Family.LLAMA);

    String hash = Safetensors.sha256(LanguageModel.random(config, 1, manager).baseWeights());

    assertThat(Safetensors.sha256(LanguageModel.random(config, 1, manager).baseWeights()))
        .isEqualTo(hash);
    assertThat(Safetensors.sha256(LanguageModel.random(config, 2, manager).baseWeights()))
        .isNotEqualTo(hash);
  }

  @Test
  void inactiveAdaptersAreBypassed() {
    LanguageModel model = Models.random(Family.LLAMA, manager);
    NDArray ids = Models.ids(2, 7, manager);
    float[] before = Models.logits(model, ids);
    model.attachAdapter(Models.ADAPTER, 2);
    Models.scramble(model, model.adapterParameters());

    assertThat(Models.logits(model, ids)).isNotEqualTo(before);
    model.adapterActive(false);
    assertThat(Models.logits(model, ids)).containsExactly(before);
  }

  @Test
  void settingParametersKeepsTheArraysAndTheirGradients() {
    LanguageModel model = Models.random(Family.QWEN2, manager);
    String name = "model.norm.weight";
    NDArray array = model.baseParameters().get(name);
    array.setRequiresGradient(true);
    HostTensor value = HostTensor.of(new long[] {16}, new float[16]);

    Torch.recording(
        () -> {
          model.setParameters(Map.of(name, value));
          return null;
        });

    assertThat(model.baseParameters().get(name)).isSameAs(array);
    assertThat(array.hasGradient()).isTrue();
    assertThat(HostTensor.copyOf(array)).isEqualTo(value);
  }

  @Test
  void aWrongNameOrShapeIsNamedAndNothingIsCopied() {
    LanguageModel model = Models.random(Family.LLAMA, manager);
    String before = Safetensors.sha256(model.baseWeights());
    HostTensor wrong = HostTensor.of(new long[] {2}, new float[2]);
    Map<String, HostTensor> values = new TreeMap<>();
    values.put(
        "model.layers.0.input_layernorm.weight", HostTensor.of(new long[] {16}, new float[16]));
    values.put("model.norm.weight", wrong);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.setParameters(values))
        .withMessageContaining("model.norm.weight")
        .withMessageContaining("[2]")
        .withMessageContaining("[16]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.setParameters(Map.of("model.nose", wrong)))
        .withMessageContaining("model.nose");
    assertThat(Safetensors.sha256(model.baseWeights())).isEqualTo(before);
  }

  @Test
  void loraNamesAndShapesArePefts() {
    LanguageModel llama = Models.random(Family.LLAMA, manager);
    llama.attachLora(new LoraConfig(2, 4, 0, List.of("k_proj")), 1);
    LanguageModel gpt2 = Models.random(Family.GPT2, manager);
    gpt2.attachLora(new LoraConfig(2, 4, 0, List.of("c_fc")), 1);

    String module = "base_model.model.model.layers.1.self_attn.k_proj.";
    assertThat(llama.loraParameters()).hasSize(4);
    assertThat(llama.loraParameters().get(module + "lora_A.weight").getShape().getShape())
        .containsExactly(2, 16);
    assertThat(llama.loraParameters().get(module + "lora_B.weight").getShape().getShape())
        .containsExactly(8, 2);
    assertThat(
            gpt2.loraParameters()
                .get("base_model.model.transformer.h.0.mlp.c_fc.lora_B.weight")
                .getShape()
                .getShape())
        .containsExactly(64, 2);
  }

  @Test
  void anUnknownTargetAndASecondLoraAreRefused() {
    LanguageModel model = Models.random(Family.GPT2, manager);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.attachLora(new LoraConfig(2, 4, 0, List.of("c_fc", "q_proj")), 1))
        .withMessageContaining("'q_proj'")
        .withMessageContaining("transformer.h.0.attn.c_attn");
    model.attachLora(Models.ALL_LINEAR, 1);
    assertThatIllegalStateException().isThrownBy(() -> model.attachLora(Models.ALL_LINEAR, 1));
    model.attachAdapter(Models.ADAPTER, 1);
    assertThatIllegalStateException().isThrownBy(() -> model.attachAdapter(Models.ADAPTER, 1));
  }

  @Test
  void dropoutChangesTrainingOnlyAndRepeatsWithItsSeed() {
    LanguageModel model = Models.random(Family.LLAMA, manager);
    model.attachLora(new LoraConfig(4, 8, 0.5, List.of(LoraConfig.ALL_LINEAR)), 1);
    Models.scramble(model, model.loraParameters());
    NDArray ids = Models.ids(2, 7, manager);
    float[] still = Models.logits(model, ids);

    model.training(true, new SplittableRandom(1));
    float[] first = Models.logits(model, ids);
    model.training(true, new SplittableRandom(1));
    float[] again = Models.logits(model, ids);
    model.training(false, null);

    assertThat(first).isNotEqualTo(still).containsExactly(again);
    assertThat(Models.logits(model, ids)).containsExactly(still);
  }

  @Test
  void tooLongASequenceIsRefused() {
    LanguageModel model = Models.random(Family.LLAMA, manager);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.hidden(Models.ids(1, 49, manager)))
        .withMessageContaining("49 tokens")
        .withMessageContaining("max_position_embeddings = 48");
  }

  private static void step(LanguageModel model) {
    try (NDManager step =
        model
            .baseParameters()
            .get(model.baseParameters().firstKey())
            .getManager()
            .getParentManager()
            .newSubManager()) {
      backward(model, step);
      model.loraParameters().values().forEach(p -> p.getGradient().close());
    }
  }

  private static int liveArrays(LanguageModel model) {
    return model
        .baseParameters()
        .get(model.baseParameters().firstKey())
        .getManager()
        .getManagedArrays()
        .size();
  }

  private static void backward(LanguageModel model, NDManager owner) {
    NDArray loss =
        Torch.recording(() -> model.logits(model.hidden(Models.ids(2, 7, owner))).square().mean());
    Torch.backward(loss);
  }

  private double loss(LanguageModel model, String name, HostTensor value) {
    model.setParameters(Map.of(name, value));
    double sum = 0;
    float[] logits = Models.logits(model, Models.ids(2, 7, manager));
    for (float logit : logits) {
      sum += (double) logit * logit;
    }
    return sum / logits.length;
  }

  private static HostTensor moved(HostTensor value, int index, float by) {
    float[] moved = value.toFloats();
    moved[index] += by;
    return HostTensor.of(value.shape(), moved);
  }

  private static double gradientNorm(NDArray parameter) {
    double sum = 0;
    for (float g : parameter.getGradient().toFloatArray()) {
      sum += (double) g * g;
    }
    return Math.sqrt(sum);
  }
}
