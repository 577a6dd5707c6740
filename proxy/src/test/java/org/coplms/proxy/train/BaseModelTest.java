package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.junit.jupiter.api.Test;

class BaseModelTest {
  private static final LmTokenizer TOKENIZER = TinyTask.tokenizer(280);

  @Test
  void instancesAreCopiesOfTheirOwn() {
    BaseModel base = TinyTask.random(Family.QWEN2, 16, 1, TOKENIZER, 1);
    SortedMap<String, HostTensor> before = new TreeMap<>(base.hostWeights());
    try (NDManager manager = Torch.newManager(Torch.defaultDevice());
        LanguageModel changed = base.instantiate(manager);
        LanguageModel other = base.instantiate(manager)) {
      SortedMap<String, HostTensor> zeros = new TreeMap<>(before);
      zeros.replaceAll((name, tensor) -> RandomTensors.constant(tensor.shape(), 0));
      changed.setParameters(zeros);
      assertThat(base.hostWeights()).isEqualTo(before);
      assertThat(other.baseWeights()).isEqualTo(before);
    }
  }

  @Test
  void theHashFollowsTheWeights() {
    BaseModel base = TinyTask.random(Family.LLAMA, 16, 1, TOKENIZER, 1);
    assertThat(TinyTask.random(Family.LLAMA, 16, 1, TOKENIZER, 1).hash()).isEqualTo(base.hash());
    assertThat(TinyTask.random(Family.LLAMA, 16, 1, TOKENIZER, 2).hash()).isNotEqualTo(base.hash());
  }

  @Test
  void everyWeightIsCounted() {
    BaseModel base = TinyTask.random(Family.GPT2, 16, 1, TOKENIZER, 1);
    // Tied embeddings and positions; attention, feed-forward and norms with their biases.
    int width = 16;
    int embeddings = (280 + TinyTask.POSITIONS) * width;
    int attention = 4 * width * width + 4 * width;
    int feedForward = 8 * width * width + 5 * width;
    int norms = 3 * 2 * width;
    assertThat(base.parameterCount()).isEqualTo(embeddings + attention + feedForward + norms);
  }

  @Test
  void aTokenizerWithMoreIdsThanTheModelIsRefused() {
    BaseModel base = TinyTask.random(Family.LLAMA, 16, 1, TOKENIZER, 1);
    LmTokenizer larger = TinyTask.tokenizer(287);
    assertThatThrownBy(() -> BaseModel.of(base.config(), base.hostWeights(), larger))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the tokenizer has 287 ids, the model's vocab_size is 280");
  }
}
