package org.coplms.jobs.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LmConfig;

/** Llama models with random weights whose numbers of weights stand in their comments. */
public enum BenchSize {
  /** 0.1 M. */
  TINY(512, 64, 2, 4),
  /** 1 M. */
  SMALL(1024, 128, 4, 4),
  /** 6 M. */
  MEDIUM(4096, 256, 6, 8),
  /** 25 M. */
  LARGE(6144, 512, 7, 8);

  private final int vocabSize;
  private final int hiddenSize;
  private final int layers;
  private final int heads;

  BenchSize(int vocabSize, int hiddenSize, int layers, int heads) {
    this.vocabSize = vocabSize;
    this.hiddenSize = hiddenSize;
    this.layers = layers;
    this.heads = heads;
  }

  /**
   * The size of this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static BenchSize named(String name) {
    return Arrays.stream(values())
        .filter(size -> size.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no size '%s'; sizes are %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(BenchSize::label)
                                .collect(Collectors.joining(", ")))));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  LmConfig config(int maxPositions) {
    return LmConfig.of(Family.LLAMA, vocabSize, hiddenSize, layers, heads, maxPositions);
  }
}
