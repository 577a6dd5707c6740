package org.coplms.udfs.memory;

import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.Precision;

/**
 * Bytes of native memory that work with one model takes, at least.
 *
 * <p>Counted are weights as they are held, gradients and Adam moments of what is trained in
 * float32, and for each token of a batch about 20 arrays of the hidden size a layer, the attention
 * scores of every head, and 3 arrays of the vocabulary.
 *
 * @param parameters number of weights
 * @param precision of frozen weights
 * @param mapped whether frozen weights are pages of a file, which all tasks of a machine share
 */
public record Footprint(LmConfig config, long parameters, Precision precision, boolean mapped) {
  private static final long FLOAT = Float.BYTES;
  private static final long TRAINED = 4; // weight, gradient and two moments
  private static final long ARRAYS_PER_LAYER = 20;
  private static final long ARRAYS_PER_BLOCK = 8; // where nothing is kept for the gradient
  private static final long ARRAYS_OF_VOCABULARY = 3;
  private static final long SCORES = 2; // before and after softmax

  /** Weights that no task has for itself. */
  public long shared(TuningScope tuning) {
    return mapped && tuning == TuningScope.LORA ? frozen() : 0;
  }

  /**
   * Weights of one task; {@code rank} of its LoRA, 0 for none, counts where nothing else is tuned.
   */
  public long weights(TuningScope tuning, int rank) {
    if (tuning == TuningScope.FULL) {
      return FLOAT * TRAINED * parameters;
    }
    return FLOAT * TRAINED * loraParameters(rank) + (mapped ? 0 : frozen());
  }

  /** Frozen weights of one task, or of the machine where tasks share them. */
  public long frozen() {
    return parameters * precision.byteSize();
  }

  /** A LoRA on every linear module of the blocks; one on fewer needs less. */
  private long loraParameters(int rank) {
    long hidden = config.hiddenSize();
    long queries = (long) config.numHeads() * config.headDim();
    long keys = (long) config.numKeyValueHeads() * config.headDim();
    long attention = 2 * (hidden + queries) + 2 * (hidden + keys);
    long feedForward = 3 * (hidden + config.intermediateSize());
    return (long) rank * config.numLayers() * (attention + feedForward);
  }

  /** What a training step keeps of {@code rows} texts of {@code tokens} tokens. */
  public long activations(long rows, long tokens) {
    long perToken =
        config.numLayers()
                * (ARRAYS_PER_LAYER * config.hiddenSize() + SCORES * config.numHeads() * tokens)
            + ARRAYS_OF_VOCABULARY * config.vocabSize();
    return FLOAT * rows * tokens * perToken;
  }

  /** What a forward pass keeps: one layer, and the scores of the vocabulary. */
  public long forward(long rows, long tokens) {
    long perToken =
        ARRAYS_PER_BLOCK * config.hiddenSize()
            + SCORES * config.numHeads() * tokens
            + ARRAYS_OF_VOCABULARY * config.vocabSize();
    return FLOAT * rows * tokens * perToken;
  }

  /**
   * Writing {@code rows} texts of at most {@code tokens} tokens at the same time: keys and values,
   * one layer's pass over the prompts, and the scores of the next tokens.
   */
  public long generation(long rows, long tokens) {
    long keys = (long) config.numKeyValueHeads() * config.headDim();
    long cache = 2 * keys * config.numLayers();
    long layer = ARRAYS_PER_BLOCK * config.hiddenSize() + config.numHeads() * tokens;
    return FLOAT * rows * (tokens * (cache + layer) + ARRAYS_OF_VOCABULARY * config.vocabSize());
  }
}
