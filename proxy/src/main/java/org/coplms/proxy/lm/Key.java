package org.coplms.proxy.lm;

/**
 * What a {@code config.json} says of a decoder, whatever a family calls it.
 *
 * <p>Each has transformers' usual name for it, and the value that it has in a family that does not
 * speak of it; null where that follows from the sizes.
 */
@SuppressWarnings("ImmutableEnumChecker") // its objects are boxed numbers and flags
enum Key {
  HIDDEN_SIZE("hidden_size", null),
  INTERMEDIATE_SIZE("intermediate_size", null),
  NUM_LAYERS("num_hidden_layers", null),
  NUM_HEADS("num_attention_heads", null),
  NUM_KEY_VALUE_HEADS("num_key_value_heads", null),
  HEAD_DIM("head_dim", null),
  EMBEDDING_SIZE("word_embed_proj_dim", null),
  MAX_POSITIONS("max_position_embeddings", null),
  NORM_EPSILON("rms_norm_eps", 1e-5),
  ACTIVATION("hidden_act", null),
  ATTENTION_BIAS("attention_bias", false),
  FEED_FORWARD_BIAS("mlp_bias", false),
  PARALLEL_RESIDUAL("use_parallel_residual", false),
  NORM_FIRST("do_layer_norm_before", true),
  ROPE_THETA("rope_theta", Rope.DEFAULT_THETA),
  ROTARY_SHARE("partial_rotary_factor", 1.0),
  TIED_EMBEDDINGS("tie_word_embeddings", false);

  private final String usualName;
  private final Object unspoken;

  Key(String usualName, Object unspoken) {
    this.usualName = usualName;
    this.unspoken = unspoken;
  }

  String usualName() {
    return usualName;
  }

  Object unspoken() {
    return unspoken;
  }
}
