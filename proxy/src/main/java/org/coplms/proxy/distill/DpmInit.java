package org.coplms.proxy.distill;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.Weights;

/** Where the DPM's weights come from before it is distilled. */
public enum DpmInit {
  /** Some of the LLM's layers, with its embeddings, final norm and head. */
  TRUNCATE,
  /** Random weights. */
  FRESH;

  /** max(2, ⌈N/4⌉) of the LLM's N layers. */
  public static int defaultLayers(int llmLayers) {
    return Math.max(2, (llmLayers + 3) / 4);
  }

  /**
   * The LLM with M of its N layers: layer j is the LLM's layer round(j·(N−1)/(M−1)).
   *
   * @throws IllegalArgumentException when {@code layers} is not in 2..N
   */
  public static Weights truncate(LmConfig llm, Weights weights, int layers) {
    if (layers < 2 || layers > llm.numLayers()) {
      throw new IllegalArgumentException(
          "dpm.layers must be in 2..%d, the LLM's layers, got %d"
              .formatted(llm.numLayers(), layers));
    }
    SortedMap<String, String> truncated = new TreeMap<>();
    for (String name : weights.names()) {
      if (!isLayerTensor(llm, name)) {
        truncated.put(name, name);
      }
    }
    int[] sources = llm.spreadLayers(layers);
    for (int layer = 0; layer < layers; layer++) {
      String from = llm.family().layerPrefix(sources[layer]);
      String to = llm.family().layerPrefix(layer);
      for (String name : weights.names()) {
        if (name.startsWith(from)) {
          truncated.put(to + name.substring(from.length()), name);
        }
      }
    }
    return weights.select(truncated);
  }

  private static boolean isLayerTensor(LmConfig llm, String name) {
    return IntStream.range(0, llm.numLayers())
        .anyMatch(layer -> name.startsWith(llm.family().layerPrefix(layer)));
  }
}
