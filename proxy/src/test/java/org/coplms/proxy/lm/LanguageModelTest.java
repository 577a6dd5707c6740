package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
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
    manager = Torch.newManager(Torch.defaultDevice());
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
  void aRowDoesNotSeeItsBatchNorItsPadding(Family family) {
    LanguageModel model = Models.random(family, manager);
    NDArray ids = Models.ids(3, 9, manager);
    NDArray one = ids.get(new NDIndex("1:2, :6")).duplicate();
    NDArray padded = one.concat(manager.zeros(new Shape(1, 20), DataType.INT64), 1);

    float[] alone = model.hidden(one).toFloatArray();

    assertThat(model.hidden(ids).get(new NDIndex("1:2, :6")).toFloatArray())
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(alone);
    assertThat(model.hidden(padded).get(new NDIndex(":, :6")).toFloatArray())
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(alone);
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
  void freshLogitsHaveTheSameDeviationAtEveryWidth() {
    for (int width : new int[] {32, 64, 128}) {
      LmConfig config = LmConfig.of(Family.QWEN2, 400, width, 2, 4, 48);
      float[] logits =
          Models.logits(LanguageModel.random(config, 1, manager), Models.ids(8, 40, manager));

      assertThat(Math.sqrt(meanSquare(logits))).as("width " + width).isBetween(0.5, 0.9);
    }
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

  private static double meanSquare(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum / values.length;
  }
}
