package org.coplms.proxy.lm;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What differs between the supported decoders; all else is one model.
 *
 * <p>A new family is a constant here, and a new part only where none of the present ones fits.
 */
@SuppressWarnings("ImmutableEnumChecker") // its records hold values only
public enum Family {
  /** RMSNorm, rotary positions, grouped-query attention, gated feed-forward. */
  LLAMA("llama", "LlamaForCausalLM", Names.LLAMA, ConfigKeys.LLAMA, Parts.ROTARY_GATED),
  /** As LLAMA, with biases on query, key and value. */
  QWEN2("qwen2", "Qwen2ForCausalLM", Names.LLAMA, ConfigKeys.LLAMA, Parts.ROTARY_GATED_QKV_BIAS),
  /** LayerNorm, learned positions, one projection for query, key and value, biases everywhere. */
  GPT2("gpt2", "GPT2LMHeadModel", Names.GPT2, ConfigKeys.GPT2, Parts.LEARNED_PLAIN);

  private final String modelType;
  private final String architecture;
  private final Names names;
  private final ConfigKeys keys;
  private final Parts parts;

  Family(String modelType, String architecture, Names names, ConfigKeys keys, Parts parts) {
    this.modelType = modelType;
    this.architecture = architecture;
    this.names = names;
    this.keys = keys;
    this.parts = parts;
  }

  /** What the names of a block's tensors start with, such as {@code model.layers.0.}. */
  public String layerPrefix(int layer) {
    return names.block(layer);
  }

  /** {@code model_type} of {@code config.json}. */
  public String modelType() {
    return modelType;
  }

  /** The class in transformers. */
  String architecture() {
    return architecture;
  }

  Names names() {
    return names;
  }

  ConfigKeys keys() {
    return keys;
  }

  Parts parts() {
    return parts;
  }

  static Family ofModelType(String modelType) {
    return Arrays.stream(values())
        .filter(family -> family.modelType.equals(modelType))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "model_type '%s' is not supported; use one of %s"
                        .formatted(
                            modelType,
                            Arrays.stream(values())
                                .map(Family::modelType)
                                .collect(Collectors.joining(", ")))));
  }

  /** Which linear modules of a block have a bias. */
  enum Bias {
    /** Those of attention, where {@code attention_bias} says so. */
    AS_CONFIGURED,
    /** Query, key and value. */
    QUERY_KEY_VALUE,
    /** All. */
    EVERYWHERE
  }

  /**
   * Which of the decoder's parts a family takes.
   *
   * @param rmsNorm RMSNorm, else LayerNorm
   * @param rotary rotary positions, else learned ones
   * @param gated gate and up projections, else up alone
   * @param fusedAttention query, key and value from one projection, a head of each for each
   * @param layout how linear weights are stored
   */
  record Parts(
      boolean rmsNorm,
      boolean rotary,
      boolean gated,
      boolean fusedAttention,
      Linear.Layout layout,
      Bias bias) {
    static final Parts ROTARY_GATED =
        new Parts(true, true, true, false, Linear.Layout.OUT_IN, Bias.AS_CONFIGURED);
    static final Parts ROTARY_GATED_QKV_BIAS =
        new Parts(true, true, true, false, Linear.Layout.OUT_IN, Bias.QUERY_KEY_VALUE);
    static final Parts LEARNED_PLAIN =
        new Parts(false, false, false, true, Linear.Layout.IN_OUT, Bias.EVERYWHERE);

    boolean attentionBiasIsConfigured() {
      return bias == Bias.AS_CONFIGURED;
    }

    boolean attentionOutputBias(LmConfig config) {
      return bias == Bias.EVERYWHERE || (attentionBiasIsConfigured() && config.attentionBias());
    }

    boolean feedForwardBias() {
      return bias == Bias.EVERYWHERE;
    }
  }

  /** Module names; those of a block follow {@code blocks} and its index. */
  record Names(
      String embedding,
      String positions,
      String blocks,
      String attentionNorm,
      String query,
      String key,
      String value,
      String attentionOutput,
      String feedForwardNorm,
      String gate,
      String up,
      String down,
      String finalNorm,
      String head) {
    static final Names LLAMA =
        new Names(
            "model.embed_tokens",
            "",
            "model.layers.",
            "input_layernorm",
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            "post_attention_layernorm",
            "mlp.gate_proj",
            "mlp.up_proj",
            "mlp.down_proj",
            "model.norm",
            "lm_head");

    /** The three of attention are one. */
    static final Names GPT2 =
        new Names(
            "transformer.wte",
            "transformer.wpe",
            "transformer.h.",
            "ln_1",
            "attn.c_attn",
            "attn.c_attn",
            "attn.c_attn",
            "attn.c_proj",
            "ln_2",
            "",
            "mlp.c_fc",
            "mlp.c_proj",
            "transformer.ln_f",
            "lm_head");

    String block(int layer) {
      return blocks + layer + ".";
    }
  }
}
