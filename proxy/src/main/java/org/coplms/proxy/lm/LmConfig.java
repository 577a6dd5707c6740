package org.coplms.proxy.lm;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The sizes of a decoder, as its Hugging Face {@code config.json} gives them.
 *
 * @param intermediateSize width of the feed-forward layer
 * @param numKeyValueHeads divides {@code numHeads}
 * @param maxPositions longest sequence in tokens
 * @param ropeTheta base of the rotary angles; 10000 and without effect where positions are learned
 * @param attentionBias whether query, key and value have biases
 * @param tiedEmbeddings whether the output head is the embedding table
 */
public record LmConfig(
    Family family,
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numLayers,
    int numHeads,
    int numKeyValueHeads,
    int headDim,
    int maxPositions,
    double normEpsilon,
    double ropeTheta,
    boolean attentionBias,
    boolean tiedEmbeddings,
    String activation)
    implements Serializable {
  private static final long serialVersionUID = 1L;
  static final double DEFAULT_ROPE_THETA = 10_000;

  /** Checks that the sizes fit each other. */
  public LmConfig {
    positive("vocab_size", vocabSize);
    positive(family.keys().hiddenSize(), hiddenSize);
    positive(family.keys().intermediateSize(), intermediateSize);
    positive(family.keys().numLayers(), numLayers);
    positive(family.keys().numHeads(), numHeads);
    positive("num_key_value_heads", numKeyValueHeads);
    positive("head_dim", headDim);
    positive(family.keys().maxPositions(), maxPositions);
    if (!(normEpsilon > 0) || !(ropeTheta > 0)) {
      throw new IllegalArgumentException(
          "%s and rope_theta must be positive, got %s and %s"
              .formatted(family.keys().normEpsilon(), normEpsilon, ropeTheta));
    }
    if (numHeads % numKeyValueHeads != 0) {
      throw new IllegalArgumentException(
          "num_key_value_heads must divide the number of heads %d, got %d"
              .formatted(numHeads, numKeyValueHeads));
    }
    if (family.parts().rotary() && headDim % 2 != 0) {
      throw new IllegalArgumentException(
          "head_dim must be even for rotary positions, got " + headDim);
    }
    if (family.parts().fusedAttention()
        && (numKeyValueHeads != numHeads || headDim * numHeads != hiddenSize)) {
      throw new IllegalArgumentException(
          "%s must be a multiple of %s, got %d and %d"
              .formatted(
                  family.keys().hiddenSize(), family.keys().numHeads(), hiddenSize, numHeads));
    }
    Activation.named(activation);
  }

  private static void positive(String key, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s must be positive, got %d".formatted(key, value));
    }
  }

  /**
   * A configuration with the family's usual proportions: heads of equal size, a feed-forward layer
   * of 4 times the width (8/3 where it is gated, rounded up to a multiple of 8), tied embeddings.
   */
  public static LmConfig of(
      Family family, int vocabSize, int hiddenSize, int numLayers, int numHeads, int maxPositions) {
    int wide = family.parts().gated() ? (hiddenSize * 8 / 3 + 7) / 8 * 8 : 4 * hiddenSize;
    return new LmConfig(
        family,
        vocabSize,
        hiddenSize,
        wide,
        numLayers,
        numHeads,
        numHeads,
        hiddenSize / numHeads,
        maxPositions,
        family.keys().defaultEpsilon(),
        DEFAULT_ROPE_THETA,
        !family.parts().attentionBiasIsConfigured(),
        true,
        family.keys().defaultActivation());
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws IllegalArgumentException when the file's model is not supported or a field is wrong
   * @throws UncheckedIOException when the file cannot be read
   */
  public static LmConfig read(Path configJson) {
    try {
      return parse(Files.readString(configJson));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the model configuration " + configJson, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(configJson + ": " + e.getMessage(), e);
    }
  }

  /** Reads the text of a {@code config.json}; see {@link #read}. */
  public static LmConfig parse(String json) {
    return LmConfigJson.parse(json);
  }

  /** A {@code config.json} that transformers takes; {@link #parse} gives this configuration. */
  public String toJson() {
    return LmConfigJson.write(this);
  }

  /** The same model with another number of layers. */
  public LmConfig withLayers(int layers) {
    return with(vocabSize, layers, maxPositions);
  }

  /** The same model with another vocabulary. */
  public LmConfig withVocabSize(int size) {
    return with(size, numLayers, maxPositions);
  }

  /** The same model with another longest sequence. */
  public LmConfig withMaxPositions(int positions) {
    return with(vocabSize, numLayers, positions);
  }

  private LmConfig with(int vocabulary, int layers, int positions) {
    return new LmConfig(
        family,
        vocabulary,
        hiddenSize,
        intermediateSize,
        layers,
        numHeads,
        numKeyValueHeads,
        headDim,
        positions,
        normEpsilon,
        ropeTheta,
        attentionBias,
        tiedEmbeddings,
        activation);
  }
}
