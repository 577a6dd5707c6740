package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import org.assertj.core.data.Percentage;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LoRA over base weights that are frozen in bfloat16. */
class FrozenPrecisionTest {
  private static final LmTokenizer TOKENIZER = TinyTask.tokenizer(287);
  private static final LoraConfig LORA = new LoraConfig(4, 8, 0, List.of(LoraConfig.ALL_LINEAR));
  private static final OptimizerConfig OPTIMIZER = new OptimizerConfig(1e-3, 0, 1.0, 0, 1);
  private static final int STEPS = 100;

  private final Compute compute = Compute.oneCore();

  @BeforeEach
  void begin() {
    compute.begin();
  }

  @ParameterizedTest
  @EnumSource(names = {"LLAMA", "GPT2"}) // both layouts of weights
  void theLossStaysWithinOnePercentOfFloat32(Family family) {
    SortedMap<String, HostTensor> base = pretrained(family);

    double[] full = losses(family, base, Precision.FLOAT32);
    double[] frozen = losses(family, base, Precision.BFLOAT16);

    for (int step = 0; step < STEPS; step++) {
      assertThat(frozen[step])
          .as("step %d", step)
          .isCloseTo(full[step], Percentage.withPercentage(1));
    }
    assertThat(frozen).isNotEqualTo(full);
    assertThat(full[STEPS - 1]).isLessThan(0.8 * full[0]);
  }

  @Test
  void aFrozenTensorIsNotTrained() {
    try (NDManager manager = compute.newManager();
        LanguageModel model = model(Family.LLAMA, Precision.BFLOAT16, manager)) {
      assertThatThrownBy(() -> Trainables.require(model.baseParameters(), true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "model.embed_tokens.weight is frozen in bfloat16 and cannot be trained; set this model's dtype = float32, or its tuning = lora");
      assertThat(model.baseParameters().values()).noneMatch(NDArray::hasGradient);
    }
  }

  private static LanguageModel model(Family family, Precision precision, NDManager owner) {
    try (LanguageModel random = LanguageModel.random(config(family), 1, owner)) {
      return LanguageModel.of(config(family), random.baseWeights(), precision, owner);
    }
  }

  /** Has seen the numbers in English. */
  private SortedMap<String, HostTensor> pretrained(Family family) {
    PretrainConfig config = new PretrainConfig(10, 16, TinyTask.MAX_TOKENS, TinyTask.FAST);
    List<Example> known = TinyTask.examples("english");
    return Pretraining.run(config(family), TOKENIZER, TinyTask.FORMAT, known, config, 1, compute);
  }

  private static LmConfig config(Family family) {
    return LmConfig.of(family, TOKENIZER.vocabSize(), 32, 2, 4, TinyTask.POSITIONS);
  }

  /** Learns them in Swedish, and returns the loss before each step. */
  private double[] losses(Family family, SortedMap<String, HostTensor> base, Precision precision) {
    List<TokenizedExample> texts = TinyTask.tokenized(TinyTask.examples("swedish"), TOKENIZER);
    double[] losses = new double[STEPS];
    try (NDManager manager = compute.newManager();
        LanguageModel model = LanguageModel.of(config(family), base, precision, manager)) {
      model.attachLora(LORA, 3);
      SortedMap<String, HostTensor> before = model.baseWeights();
      try (Trainee lora = new Trainee(model.loraParameters(), OPTIMIZER)) {
        int arrays = 0;
        for (int step = 0; step < STEPS; step++) {
          losses[step] = step(model, lora, texts, manager);
          if (step == 1) {
            arrays = arrays(manager, model);
          }
        }
        assertThat(arrays(manager, model)).as("live arrays").isEqualTo(arrays);
      }
      assertThat(model.baseWeights()).isEqualTo(before);
    }
    return losses;
  }

  private static double step(
      LanguageModel model, Trainee lora, List<TokenizedExample> texts, NDManager owner) {
    try (NDManager step = owner.newSubManager()) {
      return lora.recording(
          () -> {
            NDArray loss = BatchLogits.of(model, texts, LossScope.RESPONSE, step).crossEntropy();
            lora.step(loss, 0);
            return (double) loss.getFloat();
          });
    }
  }

  private static int arrays(NDManager owner, LanguageModel model) {
    NDManager own = model.baseParameters().get(model.baseParameters().firstKey()).getManager();
    return owner.getManagedArrays().size() + own.getManagedArrays().size();
  }
}
