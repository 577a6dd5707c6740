package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PretrainingTest {
  private static final LmTokenizer TOKENIZER = TinyTask.tokenizer(287);

  @ParameterizedTest
  @EnumSource(Family.class)
  void everyFamilyLearnsTheQuestions(Family family) {
    List<TokenizedExample> texts = TinyTask.tokenized(TinyTask.examples(), TOKENIZER);
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager manager = compute.newManager()) {
      double start = TinyTask.crossEntropy(LanguageModel.random(config(family), 1, manager), texts);
      double end =
          TinyTask.crossEntropy(
              LanguageModel.of(config(family), train(family, 60, 1, compute), manager), texts);
      assertThat(start).isGreaterThan(5); // ln 287 = 5.7
      assertThat(end).isLessThan(start / 2);
    }
  }

  @Test
  void theSameSeedGivesTheSameBitsAndAnotherSeedOthers() {
    SortedMap<String, HostTensor> once = train(Family.LLAMA, 3, 5, Compute.oneCore());
    assertThat(train(Family.LLAMA, 3, 5, Compute.oneCore())).isEqualTo(once);
    assertThat(train(Family.LLAMA, 3, 6, Compute.oneCore())).isNotEqualTo(once);
  }

  @Test
  void everyStepIsReported() {
    AtomicInteger steps = new AtomicInteger();
    train(Family.GPT2, 4, 5, new Compute(Torch.defaultDevice(), 1, steps::incrementAndGet));
    assertThat(steps).hasValue(4);
  }

  private static SortedMap<String, HostTensor> train(
      Family family, int steps, long seed, Compute compute) {
    PretrainConfig config = new PretrainConfig(steps, 16, TinyTask.MAX_TOKENS, TinyTask.FAST);
    return Pretraining.run(
        config(family), TOKENIZER, TinyTask.FORMAT, TinyTask.examples(), config, seed, compute);
  }

  private static LmConfig config(Family family) {
    return LmConfig.of(family, TOKENIZER.vocabSize(), 16, 1, 2, TinyTask.POSITIONS);
  }
}
