package org.coplms.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.Test;

class FlopsTest {
  private static final long HEAD = 50 * 16;

  @Test
  void countsTheMatricesThatATokenIsMultipliedWith() {
    // A block of llama: 4 · 16² in attention, 3 · 16 · 48 in the feed-forward layer.
    assertThat(flops(Family.LLAMA, true))
        .isEqualTo(new Flops(2 * (1024 + 2304), HEAD, lora(16, 16, 16, 16, 16)));
    assertThat(flops(Family.LLAMA, false).blocks()).isEqualTo(2 * (1024 + 2304));
    // GPT-2: 3 · 16² + 16² in attention, 2 · 16 · 64 after it; learned positions are looked up.
    assertThat(flops(Family.GPT2, true).blocks()).isEqualTo(2 * (1024 + 2048));
  }

  @Test
  void theFormulasAreThoseThatAreStated() {
    Flops flops = new Flops(1000, 100, 10);

    assertThat(flops.loraTraining(3)).isEqualTo(3 * (4 * 1100 + 6 * 10));
    assertThat(flops.fullTraining(3)).isEqualTo(3 * 6 * 1100);
    assertThat(flops.prefill(2, 20)).isEqualTo(20 * 2 * 1000 + 2 * 2 * 100);
    assertThat(flops.decode(3)).isEqualTo(3 * 2 * 1100);
  }

  @Test
  void sizesHaveTheNumbersOfWeightsThatTheirNamesPromise() {
    assertThat(weights(BenchSize.TINY)).isCloseTo(0.13e6, within(0.02e6));
    assertThat(weights(BenchSize.SMALL)).isCloseTo(0.92e6, within(0.02e6));
    assertThat(weights(BenchSize.MEDIUM)).isCloseTo(5.8e6, within(0.05e6));
    assertThat(weights(BenchSize.LARGE)).isCloseTo(25.2e6, within(0.1e6));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BenchSize.named("huge"))
        .withMessageContaining("'huge'")
        .withMessageContaining("tiny, small, medium, large");
  }

  @Test
  void aMedianIsTheMiddle() {
    assertThat(Measured.median(5, 1, 9)).isEqualTo(5);
    assertThat(Measured.median(5, 1, 9, 6)).isEqualTo(5.5);
  }

  /** Rank-1 factors of q, k, v and o, and of the gated feed-forward layer, in two blocks. */
  private static long lora(int... inputs) {
    long attention = 0;
    for (int i = 0; i < 4; i++) {
      attention += inputs[i] + 16;
    }
    long feedForward = 3 * (16 + 48);
    return 2 * (attention + feedForward);
  }

  private static double weights(BenchSize size) {
    LmConfig config = size.config(32);
    long block =
        4L * config.hiddenSize() * config.hiddenSize()
            + 3L * config.hiddenSize() * config.intermediateSize();
    return config.numLayers() * block + (double) config.vocabSize() * config.hiddenSize();
  }

  private static Flops flops(Family family, boolean tied) {
    String json = LmConfig.of(family, 50, 16, 2, 4, 32).toJson();
    LmConfig config =
        LmConfig.parse(
            json.replace("\"tie_word_embeddings\" : true", "\"tie_word_embeddings\" : " + tied));
    Torch.beginTask(1);
    try (NDManager manager = Torch.newManager(Device.cpu());
        LanguageModel model = LanguageModel.random(config, 1, manager)) {
      model.attachLora(new LoraConfig(1, 1, 0, List.of(LoraConfig.ALL_LINEAR)), 1);
      return Flops.of(model);
    }
  }
}
