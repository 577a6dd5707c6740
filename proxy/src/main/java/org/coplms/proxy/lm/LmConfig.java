package org.coplms.proxy.lm;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The sizes of a decoder, as its Hugging Face {@code config.json} gives them.
 *
 * @param embeddingSize width of the embedding table; where it is not {@code hiddenSize}, the model
 *     projects between the two
 * @param intermediateSize width of the feed-forward layer
 * @param numKeyValueHeads divides {@code numHeads}
 * @param maxPositions longest sequence in tokens
 * @param rope without effect where positions are not rotary
 * @param attentionBias whether query, key and value have biases
 * @param feedForwardBias whether the modules of the feed-forward layer have biases
 * @param tiedEmbeddings whether the output head is the embedding table
 */
public record LmConfig(
    Family family,
    int vocabSize,
    int embeddingSize,
    int hiddenSize,
    int intermediateSize,
    int numLayers,
    int numHeads,
    int numKeyValueHeads,
    int headDim,
    int maxPositions,
    double normEpsilon,
    Rope rope,
    SlidingWindow window,
    BlockOrder order,
    boolean attentionBias,
    boolean feedForwardBias,
    boolean tiedEmbeddings,
    String activation)
    implements Serializable {
  private static final long serialVersionUID = 2L;

  /** Checks that the sizes fit each other. */
  public LmConfig {
    ConfigKeys keys = family.keys();
    positive("vocab_size", vocabSize);
    positive(keys.name(Key.EMBEDDING_SIZE), embeddingSize);
    positive(keys.name(Key.HIDDEN_SIZE), hiddenSize);
    positive(keys.name(Key.INTERMEDIATE_SIZE), intermediateSize);
    positive(keys.name(Key.NUM_LAYERS), numLayers);
    positive(keys.name(Key.NUM_HEADS), numHeads);
    positive(keys.name(Key.NUM_KEY_VALUE_HEADS), numKeyValueHeads);
    positive(keys.name(Key.HEAD_DIM), headDim);
    positive(keys.name(Key.MAX_POSITIONS), maxPositions);
    require(
        normEpsilon > 0,
        "%s must be positive, got %s".formatted(keys.name(Key.NORM_EPSILON), normEpsilon));
    require(
        numHeads % numKeyValueHeads == 0,
        "num_key_value_heads must divide the number of heads %d, got %d"
            .formatted(numHeads, numKeyValueHeads));
    require(
        keys.has(Key.HEAD_DIM) || headDim * numHeads == hiddenSize,
        "%s must be a multiple of %s, got %d and %d"
            .formatted(keys.name(Key.HIDDEN_SIZE), keys.name(Key.NUM_HEADS), hiddenSize, numHeads));
    int rotated = rope.dims(headDim);
    require(
        !family.parts().rotary() || (rotated > 0 && rotated % 2 == 0),
        "%s must be even for rotary positions, got %d"
            .formatted(
                keys.has(Key.ROTARY_SHARE)
                    ? keys.name(Key.ROTARY_SHARE) + " of a head"
                    : keys.name(Key.HEAD_DIM),
                rotated));
    require(
        window.layers().isEmpty() || window.layers().size() == numLayers,
        "layer_types must name each of the %d layers, got %d"
            .formatted(numLayers, window.layers().size()));
    Activation.named(activation);
  }

  private static void positive(String key, int value) {
    require(value > 0, "%s must be positive, got %d".formatted(key, value));
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * A configuration with the family's usual proportions: heads of equal size, a feed-forward layer
   * of 4 times the width (8/3 where it is gated, rounded up to a multiple of 8), tied embeddings.
   */
  public static LmConfig of(
      Family family, int vocabSize, int hiddenSize, int numLayers, int numHeads, int maxPositions) {
    ConfigKeys keys = family.keys();
    int wide = family.names().isGated() ? (hiddenSize * 8 / 3 + 7) / 8 * 8 : 4 * hiddenSize;
    return new LmConfig(
        family,
        vocabSize,
        hiddenSize,
        hiddenSize,
        wide,
        numLayers,
        numHeads,
        numHeads,
        hiddenSize / numHeads,
        maxPositions,
        (double) keys.fallback(Key.NORM_EPSILON),
        usualRope(keys, hiddenSize / numHeads),
        SlidingWindow.NONE,
        BlockOrder.of(true, (boolean) keys.fallback(Key.PARALLEL_RESIDUAL)),
        (boolean) keys.fallback(Key.ATTENTION_BIAS),
        (boolean) keys.fallback(Key.FEED_FORWARD_BIAS),
        true,
        (String) keys.fallback(Key.ACTIVATION));
  }

  /** With the family's share of a head, or all of it where that share is no even number. */
  private static Rope usualRope(ConfigKeys keys, int headDim) {
    double share = (double) keys.fallback(Key.ROTARY_SHARE);
    Rope usual = new Rope(Rope.DEFAULT_THETA, share, Rope.PLAIN.scaling());
    int rotated = usual.dims(headDim);
    return rotated > 0 && rotated % 2 == 0 ? usual : Rope.PLAIN;
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

  /** Indices of so many of this model's layers, from the first to the last at equal distances. */
  public int[] spreadLayers(int layers) {
    int[] sources = new int[Math.max(0, layers)];
    double last = numLayers - 1.0;
    Arrays.setAll(sources, j -> (int) Math.round(j * last / Math.max(1, layers - 1)));
    return sources;
  }

  /** The same model with another number of layers, windows being where they are in its own. */
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
        embeddingSize,
        hiddenSize,
        intermediateSize,
        layers,
        numHeads,
        numKeyValueHeads,
        headDim,
        positions,
        normEpsilon,
        rope,
        window.select(spreadLayers(layers)),
        order,
        attentionBias,
        feedForwardBias,
        tiedEmbeddings,
        activation);
  }
}
