package org.coplms.proxy.lm;

import java.util.List;

/**
 * What a family's modules are called; a part without a name is not there.
 *
 * @param prefix what checkpoints of the model without its head leave out
 * @param blocks what the names of a block's modules follow, together with its index
 * @param buffers endings of tensors that are in checkpoints but can be computed
 */
record ModuleNames(
    String prefix,
    Input input,
    String blocks,
    Attention attention,
    FeedForward feedForward,
    Output output,
    List<String> buffers) {

  /** Before the first block. */
  record Input(String embedding, String projection, String norm, String positions) {}

  /** Of a block's attention; query, key and value are one name where one module makes them. */
  record Attention(
      String norm,
      String query,
      String key,
      String value,
      String output,
      String queryNorm,
      String keyNorm) {
    Attention(String norm, String query, String key, String value, String output) {
      this(norm, query, key, value, output, "", "");
    }

    Attention(String norm, String fused, String output) {
      this(norm, fused, fused, fused, output);
    }
  }

  /** Of a block's position-wise layer. */
  record FeedForward(String norm, String gate, String up, String down) {}

  /** After the last block. */
  record Output(String norm, String projection, String head) {}

  static final ModuleNames LLAMA = llama("", "");

  static final ModuleNames QWEN3 = llama("self_attn.q_norm", "self_attn.k_norm");

  static final ModuleNames GPT2 =
      new ModuleNames(
          "transformer.",
          new Input("transformer.wte", "", "", "transformer.wpe"),
          "transformer.h.",
          new Attention("ln_1", "attn.c_attn", "attn.c_proj"),
          new FeedForward("ln_2", "", "mlp.c_fc", "mlp.c_proj"),
          new Output("transformer.ln_f", "", "lm_head"),
          List.of(".attn.bias", ".attn.masked_bias"));

  static final ModuleNames OPT =
      new ModuleNames(
          "model.",
          new Input(
              "model.decoder.embed_tokens",
              "model.decoder.project_in",
              "",
              "model.decoder.embed_positions"),
          "model.decoder.layers.",
          new Attention(
              "self_attn_layer_norm",
              "self_attn.q_proj",
              "self_attn.k_proj",
              "self_attn.v_proj",
              "self_attn.out_proj"),
          new FeedForward("final_layer_norm", "", "fc1", "fc2"),
          new Output("model.decoder.final_layer_norm", "model.decoder.project_out", "lm_head"),
          List.of());

  static final ModuleNames BLOOM =
      new ModuleNames(
          "transformer.",
          new Input("transformer.word_embeddings", "", "transformer.word_embeddings_layernorm", ""),
          "transformer.h.",
          new Attention(
              "input_layernorm", "self_attention.query_key_value", "self_attention.dense"),
          new FeedForward("post_attention_layernorm", "", "mlp.dense_h_to_4h", "mlp.dense_4h_to_h"),
          new Output("transformer.ln_f", "", "lm_head"),
          List.of(".self_attention.scale_mask_softmax.causal_mask"));

  static final ModuleNames GPT_NEOX =
      new ModuleNames(
          "gpt_neox.",
          new Input("gpt_neox.embed_in", "", "", ""),
          "gpt_neox.layers.",
          new Attention("input_layernorm", "attention.query_key_value", "attention.dense"),
          new FeedForward("post_attention_layernorm", "", "mlp.dense_h_to_4h", "mlp.dense_4h_to_h"),
          new Output("gpt_neox.final_layer_norm", "", "embed_out"),
          List.of(".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq"));

  private static ModuleNames llama(String queryNorm, String keyNorm) {
    return new ModuleNames(
        "model.",
        new Input("model.embed_tokens", "", "", ""),
        "model.layers.",
        new Attention(
            "input_layernorm",
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            queryNorm,
            keyNorm),
        new FeedForward(
            "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"),
        new Output("model.norm", "", "lm_head"),
        List.of(".rotary_emb.inv_freq"));
  }

  /** What the names of one block's tensors start with. */
  String block(int layer) {
    return blocks + layer + ".";
  }

  boolean isGated() {
    return !feedForward.gate().isEmpty();
  }

  boolean normsQueriesAndKeys() {
    return !attention.queryNorm().isEmpty();
  }

  boolean normsEmbeddings() {
    return !input.norm().isEmpty();
  }
}
