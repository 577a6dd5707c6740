package org.coplms.proxy.train;

import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.Weights;
import org.coplms.proxy.tokenizer.LmTokenizer;

/**
 * A checkpoint with its tokenizer; shared by the tasks of a JVM, never changed.
 *
 * @param precision in which the frozen weights of an instance are held
 */
public record BaseModel(
    LmConfig config, Weights weights, LmTokenizer tokenizer, Precision precision) {
  public BaseModel {
    if (tokenizer.vocabSize() > config.vocabSize()) {
      throw new IllegalArgumentException(
          "Tokenizer and model do not match: the tokenizer has %d ids, the model's vocab_size is %d; use the tokenizer that the model was trained with"
              .formatted(tokenizer.vocabSize(), config.vocabSize()));
    }
  }

  /** A checkpoint on the heap, of single precision. */
  public static BaseModel of(
      LmConfig config, SortedMap<String, HostTensor> weights, LmTokenizer tokenizer) {
    return of(config, Weights.of(weights), tokenizer);
  }

  /** A checkpoint of single precision. */
  public static BaseModel of(LmConfig config, Weights weights, LmTokenizer tokenizer) {
    return new BaseModel(config, weights, tokenizer, Precision.FLOAT32);
  }

  /**
   * A model of its own, owned by {@code owner}: what is written to it changes nothing here. Large
   * frozen weights are the pages of their file, shared by all instances on a machine.
   */
  public LanguageModel instantiate(NDManager owner) {
    return LanguageModel.of(config, weights, precision, owner);
  }

  /** The weights on the heap; for small models. */
  public SortedMap<String, HostTensor> hostWeights() {
    return weights.toHost();
  }

  /** Content hash of the weights; reads all of a large model when it is first asked for. */
  public String hash() {
    return weights.sha256();
  }

  /** Number of weights. */
  public long parameterCount() {
    return weights.parameterCount();
  }
}
