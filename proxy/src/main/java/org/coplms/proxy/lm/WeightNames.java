package org.coplms.proxy.lm;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.lm.ParameterLayout.Parameter;
import org.coplms.proxy.tensor.HostTensor;

/**
 * Fits a checkpoint's tensors to a configuration.
 *
 * <p>Allowed deviations, all seen in published checkpoints: GPT-2's names without {@code
 * transformer.}, buffers that can be computed, and a copy of the embeddings under the name of a
 * tied head.
 */
final class WeightNames {
  private WeightNames() {}

  /**
   * The tensors of the layout, and no other.
   *
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or misshapen
   */
  static SortedMap<String, HostTensor> matched(LmConfig config, Map<String, HostTensor> weights) {
    SortedMap<String, Parameter> layout = ParameterLayout.of(config);
    SortedMap<String, HostTensor> matched = new TreeMap<>();
    weights.forEach(
        (given, value) -> {
          String name = layout.containsKey(given) ? given : "transformer." + given;
          if (layout.containsKey(name)) {
            requireShape(given, value, layout.get(name).shape());
            matched.put(name, value);
          } else if (!isDerived(given, value, config, weights)) {
            throw new IllegalArgumentException(
                "Tensor %s does not belong to a %s model of %d layers; check config.json"
                    .formatted(given, config.family().modelType(), config.numLayers()));
          }
        });
    layout.keySet().stream()
        .filter(name -> !matched.containsKey(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "Tensor %s is missing from the %s model's weights"
                      .formatted(name, config.family().modelType()));
            });
    return matched;
  }

  static void requireShape(String name, HostTensor value, long[] shape) {
    if (!Arrays.equals(value.shape(), shape)) {
      throw new IllegalArgumentException(
          "Tensor %s has shape %s, the model's is %s"
              .formatted(name, Arrays.toString(value.shape()), Arrays.toString(shape)));
    }
  }

  private static boolean isDerived(
      String name, HostTensor value, LmConfig config, Map<String, HostTensor> weights) {
    Family.Names names = config.family().names();
    if (name.equals(names.head() + ".weight")) {
      String table = names.embedding() + ".weight";
      return config.tiedEmbeddings()
          && value.equals(
              weights.getOrDefault(table, weights.get(table.replace("transformer.", ""))));
    }
    return name.endsWith(".rotary_emb.inv_freq")
        || name.endsWith(".attn.bias")
        || name.endsWith(".attn.masked_bias");
  }
}
