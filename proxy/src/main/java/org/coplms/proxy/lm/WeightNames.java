package org.coplms.proxy.lm;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.coplms.proxy.lm.ParameterLayout.Parameter;
import org.coplms.proxy.tensor.Weights;

/**
 * Fits a checkpoint's tensors to a configuration.
 *
 * <p>Allowed deviations, all seen in published checkpoints: names without the prefix that the model
 * without its head does not have (GPT-2, Bloom, OPT), buffers that can be computed, and a copy of
 * the embeddings under the name of a tied head.
 */
final class WeightNames {
  private final LmConfig config;
  private final SortedMap<String, Parameter> layout;

  private WeightNames(LmConfig config) {
    this.config = config;
    this.layout = ParameterLayout.of(config);
  }

  /**
   * The tensors of the layout, and no other.
   *
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or misshapen
   */
  static Weights matched(LmConfig config, Weights weights) {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    weights.names().forEach(name -> shapes.put(name, weights.shape(name)));
    return weights.select(sources(config, shapes, weights::sameValues));
  }

  /**
   * For each tensor of the layout its name in a checkpoint.
   *
   * @param shapes of the checkpoint's tensors, by their names in it
   * @param equal whether two of the checkpoint's tensors hold the same values; asked for the head
   *     and the embeddings of a tied model that comes with both
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or misshapen
   */
  static SortedMap<String, String> sources(
      LmConfig config, SortedMap<String, long[]> shapes, BiPredicate<String, String> equal) {
    return new WeightNames(config).sources(shapes, equal);
  }

  private SortedMap<String, String> sources(
      SortedMap<String, long[]> shapes, BiPredicate<String, String> equal) {
    SortedMap<String, String> sources = new TreeMap<>();
    shapes.forEach(
        (given, shape) -> {
          String name = layoutName(given);
          if (layout.containsKey(name)) {
            requireShape(given, shape, layout.get(name).shape());
            sources.put(name, given);
          } else if (!isBuffer(given) && !isTiedHead(given)) {
            throw new IllegalArgumentException(
                "Tensor %s does not belong to a %s model of %d layers; check config.json"
                    .formatted(given, config.family().modelType(), config.numLayers()));
          }
        });
    layout.keySet().stream()
        .filter(name -> !sources.containsKey(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "Tensor %s is missing from the %s model's weights; check config.json"
                      .formatted(name, config.family().modelType()));
            });
    requireTied(shapes, sources, equal);
    return sources;
  }

  private String layoutName(String given) {
    return layout.containsKey(given) ? given : config.family().names().prefix() + given;
  }

  private boolean isBuffer(String given) {
    return config.family().names().buffers().stream().anyMatch(given::endsWith);
  }

  private boolean isTiedHead(String given) {
    return config.tiedEmbeddings() && given.equals(head());
  }

  private String head() {
    return config.family().names().output().head() + ".weight";
  }

  private void requireTied(
      SortedMap<String, long[]> shapes,
      SortedMap<String, String> sources,
      BiPredicate<String, String> equal) {
    if (!config.tiedEmbeddings() || !shapes.containsKey(head())) {
      return;
    }
    String table = sources.get(config.family().names().input().embedding() + ".weight");
    if (!equal.test(head(), table)) {
      throw new IllegalArgumentException(
          "Tensor %s differs from %s, to which config.json ties it; set tie_word_embeddings to false"
              .formatted(head(), table));
    }
  }

  static void requireShape(String name, long[] given, long[] shape) {
    if (!Arrays.equals(given, shape)) {
      throw new IllegalArgumentException(
          "Tensor %s has shape %s, the model's is %s; check config.json"
              .formatted(name, Arrays.toString(given), Arrays.toString(shape)));
    }
  }
}
