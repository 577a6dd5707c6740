package org.coplms.proxy.lm;

import java.util.Map;
import java.util.Set;

/**
 * How a family's {@code config.json} calls what {@link LmConfig} holds.
 *
 * @param refused fields that change the computation in ways that are not built, with the values (as
 *     JSON text) that do not
 */
record ConfigKeys(
    String hiddenSize,
    String intermediateSize,
    String numLayers,
    String numHeads,
    String maxPositions,
    String normEpsilon,
    String activation,
    String defaultActivation,
    double defaultEpsilon,
    boolean tiedByDefault,
    Map<String, Set<String>> refused) {

  static final ConfigKeys LLAMA =
      new ConfigKeys(
          "hidden_size",
          "intermediate_size",
          "num_hidden_layers",
          "num_attention_heads",
          "max_position_embeddings",
          "rms_norm_eps",
          "hidden_act",
          "silu",
          1e-6,
          false,
          Map.of(
              "mlp_bias", Set.of("false"),
              "use_sliding_window", Set.of("false"),
              "partial_rotary_factor", Set.of("1", "1.0"),
              "quantization_config", Set.of("null")));

  static final ConfigKeys GPT2 =
      new ConfigKeys(
          "n_embd",
          "n_inner",
          "n_layer",
          "n_head",
          "n_positions",
          "layer_norm_epsilon",
          "activation_function",
          "gelu_new",
          1e-5,
          true,
          Map.of(
              "scale_attn_weights", Set.of("true"),
              "scale_attn_by_inverse_layer_idx", Set.of("false"),
              "add_cross_attention", Set.of("false"),
              "quantization_config", Set.of("null")));
}
