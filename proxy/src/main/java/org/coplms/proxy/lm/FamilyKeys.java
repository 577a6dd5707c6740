package org.coplms.proxy.lm;

import org.coplms.proxy.lm.ConfigKeys.Windows;

/**
 * The fields of each family's {@code config.json}, with the defaults of its class in transformers.
 */
final class FamilyKeys {
  static final ConfigKeys LLAMA =
      ConfigKeys.NONE
          .required(
              Key.HIDDEN_SIZE,
              Key.INTERMEDIATE_SIZE,
              Key.NUM_LAYERS,
              Key.NUM_HEADS,
              Key.MAX_POSITIONS)
          .derived(Key.NUM_KEY_VALUE_HEADS)
          .derived(Key.HEAD_DIM)
          .optional(Key.NORM_EPSILON, 1e-6)
          .optional(Key.ACTIVATION, "silu")
          .optional(Key.ROPE_THETA, Rope.DEFAULT_THETA)
          .optional(Key.ATTENTION_BIAS, false)
          .optional(Key.FEED_FORWARD_BIAS, false)
          .optional(Key.TIED_EMBEDDINGS, false)
          .only("partial_rotary_factor", "1", "1.0")
          .only("rope_interleaved", "false")
          .only("qk_layer_norms", "false");

  static final ConfigKeys MISTRAL =
      LLAMA
          .optional(Key.NUM_KEY_VALUE_HEADS, 8)
          .fixed(Key.ATTENTION_BIAS, false)
          .fixed(Key.FEED_FORWARD_BIAS, false)
          .windows(Windows.EVERY_LAYER)
          .only("layer_types");

  static final ConfigKeys QWEN2 =
      LLAMA
          .optional(Key.NUM_KEY_VALUE_HEADS, 32)
          .fixed(Key.ATTENTION_BIAS, true)
          .fixed(Key.FEED_FORWARD_BIAS, false)
          .windows(Windows.BY_LAYER)
          .only("use_mrope", "false");

  static final ConfigKeys QWEN3 =
      QWEN2.optional(Key.HEAD_DIM, 128).optional(Key.ATTENTION_BIAS, false);

  static final ConfigKeys GPT2 =
      ConfigKeys.NONE
          .required(Key.HIDDEN_SIZE, "n_embd", "hidden_size")
          .derived(Key.INTERMEDIATE_SIZE, "n_inner")
          .required(Key.NUM_LAYERS, "n_layer", "num_hidden_layers")
          .required(Key.NUM_HEADS, "n_head", "num_attention_heads")
          .required(Key.MAX_POSITIONS, "n_positions", "max_position_embeddings")
          .optional(Key.NORM_EPSILON, 1e-5, "layer_norm_epsilon")
          .optional(Key.ACTIVATION, "gelu_new", "activation_function")
          .fixed(Key.ATTENTION_BIAS, true)
          .fixed(Key.FEED_FORWARD_BIAS, true)
          .optional(Key.TIED_EMBEDDINGS, true)
          .only("scale_attn_weights", "true")
          .only("scale_attn_by_inverse_layer_idx", "false");

  /** Both biases are one field. */
  static final ConfigKeys OPT =
      ConfigKeys.NONE
          .required(Key.HIDDEN_SIZE, "hidden_size", "d_model")
          .required(Key.INTERMEDIATE_SIZE, "ffn_dim")
          .required(Key.NUM_LAYERS, Key.NUM_HEADS, Key.MAX_POSITIONS)
          .derived(Key.EMBEDDING_SIZE)
          .fixed(Key.NORM_EPSILON, 1e-5)
          .optional(Key.ACTIVATION, "relu", "activation_function")
          .optional(Key.ATTENTION_BIAS, true, "enable_bias")
          .optional(Key.FEED_FORWARD_BIAS, true, "enable_bias")
          .optional(Key.NORM_FIRST, true)
          .optional(Key.TIED_EMBEDDINGS, true)
          .only("layer_norm_elementwise_affine", "true")
          .only("_remove_final_layer_norm", "false");

  /** ALiBi sets no limit; 2,048 tokens is what these models were trained with. */
  static final ConfigKeys BLOOM =
      ConfigKeys.NONE
          .required(Key.HIDDEN_SIZE, "hidden_size", "n_embed")
          .required(Key.NUM_LAYERS, "n_layer", "num_hidden_layers")
          .required(Key.NUM_HEADS, "n_head", "num_attention_heads")
          .optional(Key.MAX_POSITIONS, 2048, "seq_length")
          .optional(Key.NORM_EPSILON, 1e-5, "layer_norm_epsilon")
          .fixed(Key.ACTIVATION, "gelu_new")
          .fixed(Key.ATTENTION_BIAS, true)
          .fixed(Key.FEED_FORWARD_BIAS, true)
          .optional(Key.TIED_EMBEDDINGS, true)
          .only("apply_residual_connection_post_layernorm", "false");

  static final ConfigKeys GPT_NEOX =
      ConfigKeys.NONE
          .required(
              Key.HIDDEN_SIZE,
              Key.INTERMEDIATE_SIZE,
              Key.NUM_LAYERS,
              Key.NUM_HEADS,
              Key.MAX_POSITIONS)
          .optional(Key.NORM_EPSILON, 1e-5, "layer_norm_eps")
          .optional(Key.ACTIVATION, "gelu")
          .optional(Key.ROPE_THETA, Rope.DEFAULT_THETA, "rotary_emb_base", "rope_theta")
          .optional(Key.ROTARY_SHARE, 0.25, "rotary_pct", "partial_rotary_factor")
          .optional(Key.PARALLEL_RESIDUAL, true)
          .optional(Key.ATTENTION_BIAS, true)
          .fixed(Key.FEED_FORWARD_BIAS, true)
          .optional(Key.TIED_EMBEDDINGS, false);

  private FamilyKeys() {}
}
