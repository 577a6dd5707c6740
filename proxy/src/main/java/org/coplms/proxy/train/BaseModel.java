package org.coplms.proxy.train;

import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tokenizer.LmTokenizer;

/**
 * A checkpoint in memory with its tokenizer; shared by the tasks of a JVM, never changed.
 *
 * @param hash content hash of the weights
 */
public record BaseModel(
    LmConfig config, SortedMap<String, HostTensor> weights, LmTokenizer tokenizer, String hash) {
  public BaseModel {
    if (tokenizer.vocabSize() > config.vocabSize()) {
      throw new IllegalArgumentException(
          "Tokenizer and model do not match: the tokenizer has %d ids, the model's vocab_size is %d; use the tokenizer that the model was trained with"
              .formatted(tokenizer.vocabSize(), config.vocabSize()));
    }
  }

  /** A checkpoint with the hash of its weights. */
  public static BaseModel of(
      LmConfig config, SortedMap<String, HostTensor> weights, LmTokenizer tokenizer) {
    return new BaseModel(config, weights, tokenizer, Safetensors.sha256(weights));
  }

  /** A model of its own over copies of the weights, owned by {@code owner}. */
  public LanguageModel instantiate(NDManager owner) {
    return LanguageModel.of(config, weights, owner);
  }

  /** Number of weights. */
  public long parameterCount() {
    return weights.values().stream().mapToLong(HostTensor::size).sum();
  }
}
