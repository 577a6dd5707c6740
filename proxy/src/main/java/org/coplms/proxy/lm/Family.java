package org.coplms.proxy.lm;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What differs between the supported decoders; all else is one model.
 *
 * <p>A family is data: how its modules and the fields of its {@code config.json} are called, and
 * which of the decoder's parts it takes. A new part is written only where none of the present ones
 * fits (docs/adr/0024).
 */
@SuppressWarnings("ImmutableEnumChecker") // its records hold values only
public enum Family {
  /** RMSNorm, rotary positions, grouped-query attention, gated feed-forward (Touvron et al.). */
  LLAMA("llama", "LlamaForCausalLM", ModuleNames.LLAMA, FamilyKeys.LLAMA, Parts.LLAMA),
  /** As LLAMA, with a sliding window in every layer (Jiang et al. 2023). */
  MISTRAL("mistral", "MistralForCausalLM", ModuleNames.LLAMA, FamilyKeys.MISTRAL, Parts.LLAMA),
  /** As LLAMA, with biases on query, key and value, and a window in some layers if at all. */
  QWEN2("qwen2", "Qwen2ForCausalLM", ModuleNames.LLAMA, FamilyKeys.QWEN2, Parts.QWEN2),
  /** As QWEN2, without those biases but with queries and keys normalized head by head. */
  QWEN3("qwen3", "Qwen3ForCausalLM", ModuleNames.QWEN3, FamilyKeys.QWEN3, Parts.LLAMA),
  /** LayerNorm, learned positions, one projection for query, key and value, biases everywhere. */
  GPT2("gpt2", "GPT2LMHeadModel", ModuleNames.GPT2, FamilyKeys.GPT2, Parts.GPT2),
  /** LayerNorm before or after, learned positions, ReLU (Zhang et al. 2022). */
  OPT("opt", "OPTForCausalLM", ModuleNames.OPT, FamilyKeys.OPT, Parts.OPT),
  /** LayerNorm of the embeddings, ALiBi, query, key and value head by head (Scao et al. 2022). */
  BLOOM("bloom", "BloomForCausalLM", ModuleNames.BLOOM, FamilyKeys.BLOOM, Parts.BLOOM),
  /** LayerNorm, rotation of a share of each head, attention beside feed-forward (Pythia). */
  GPT_NEOX(
      "gpt_neox", "GPTNeoXForCausalLM", ModuleNames.GPT_NEOX, FamilyKeys.GPT_NEOX, Parts.GPT_NEOX);

  private final String modelType;
  private final String architecture;
  private final ModuleNames names;
  private final ConfigKeys keys;
  private final Parts parts;

  Family(String modelType, String architecture, ModuleNames names, ConfigKeys keys, Parts parts) {
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

  /** Whether linear weights are stored (in, out), as GPT-2's Conv1D, instead of (out, in). */
  public boolean storesInOut() {
    return parts.layout() == Linear.Layout.IN_OUT;
  }

  /** The class in transformers. */
  String architecture() {
    return architecture;
  }

  ModuleNames names() {
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
}
