package org.coplms.proxy.lm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@link LmConfig} from and to Hugging Face's {@code config.json}. */
final class LmConfigJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode root;

  private LmConfigJson(JsonNode root) {
    this.root = root;
  }

  static LmConfig parse(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      if (!root.isObject()) {
        throw new IllegalArgumentException("The model configuration is not a JSON object");
      }
      return new LmConfigJson(root).config();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The model configuration is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private LmConfig config() {
    Family family = Family.ofModelType(root.path("model_type").asText("(absent)"));
    ConfigKeys keys = family.keys();
    refuseUnsupported(keys.refused());
    int hidden = required(keys.hiddenSize());
    int heads = required(keys.numHeads());
    boolean fused = family.parts().fusedAttention();
    return new LmConfig(
        family,
        required("vocab_size"),
        hidden,
        fused ? optional(keys.intermediateSize(), 4 * hidden) : required(keys.intermediateSize()),
        required(keys.numLayers()),
        heads,
        fused ? heads : optional("num_key_value_heads", heads),
        fused ? hidden / Math.max(1, heads) : optional("head_dim", hidden / Math.max(1, heads)),
        required(keys.maxPositions()),
        number(root, keys.normEpsilon(), keys.defaultEpsilon()),
        family.parts().rotary() ? ropeTheta() : LmConfig.DEFAULT_ROPE_THETA,
        !family.parts().attentionBiasIsConfigured() || flag("attention_bias", false),
        flag("tie_word_embeddings", keys.tiedByDefault()),
        Activation.named(text(keys.activation(), keys.defaultActivation())).hfName());
  }

  private void refuseUnsupported(Map<String, Set<String>> refused) {
    refused.forEach(
        (field, harmless) -> {
          JsonNode value = root.path(field);
          if (!value.isMissingNode() && !value.isNull() && !harmless.contains(value.toString())) {
            throw new IllegalArgumentException(
                "%s = %s is not supported, only %s".formatted(field, value, harmless));
          }
        });
  }

  /**
   * The base of the angles, plain or within {@code rope_parameters}; scaled variants are refused.
   */
  private double ropeTheta() {
    double theta = number(root, "rope_theta", LmConfig.DEFAULT_ROPE_THETA);
    for (String field : List.of("rope_scaling", "rope_parameters")) {
      JsonNode rope = root.path(field);
      if (rope.isObject()) {
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        if (!type.equals("default")) {
          throw new IllegalArgumentException(
              "%s of type '%s' is not supported, only null or 'default'".formatted(field, type));
        }
        theta = number(rope, "rope_theta", theta);
      }
    }
    return theta;
  }

  private int required(String field) {
    JsonNode value = root.path(field);
    if (!value.isInt()) {
      throw new IllegalArgumentException(
          "Field %s must be a whole number, got %s"
              .formatted(field, value.isMissingNode() ? "nothing" : value));
    }
    return value.intValue();
  }

  private int optional(String field, int fallback) {
    return absent(root, field) ? fallback : required(field);
  }

  private static double number(JsonNode node, String field, double fallback) {
    if (absent(node, field)) {
      return fallback;
    }
    if (!node.path(field).isNumber()) {
      throw new IllegalArgumentException(
          "Field %s must be a number, got %s".formatted(field, node.path(field)));
    }
    return node.path(field).doubleValue();
  }

  private boolean flag(String field, boolean fallback) {
    if (absent(root, field)) {
      return fallback;
    }
    if (!root.path(field).isBoolean()) {
      throw new IllegalArgumentException(
          "Field %s must be true or false, got %s".formatted(field, root.path(field)));
    }
    return root.path(field).booleanValue();
  }

  private String text(String field, String fallback) {
    return absent(root, field) ? fallback : root.path(field).asText();
  }

  private static boolean absent(JsonNode node, String field) {
    return node.path(field).isMissingNode() || node.path(field).isNull();
  }

  static String write(LmConfig config) {
    Family family = config.family();
    ConfigKeys keys = family.keys();
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(family.architecture());
    json.put("model_type", family.modelType());
    json.put("vocab_size", config.vocabSize());
    json.put(keys.hiddenSize(), config.hiddenSize());
    json.put(keys.intermediateSize(), config.intermediateSize());
    json.put(keys.numLayers(), config.numLayers());
    json.put(keys.numHeads(), config.numHeads());
    if (!family.parts().fusedAttention()) {
      json.put("num_key_value_heads", config.numKeyValueHeads());
      json.put("head_dim", config.headDim());
    }
    json.put(keys.maxPositions(), config.maxPositions());
    json.put(keys.normEpsilon(), config.normEpsilon());
    if (family.parts().rotary()) {
      json.put("rope_theta", config.ropeTheta());
      json.putNull("rope_scaling");
    }
    if (family.parts().attentionBiasIsConfigured()) {
      json.put("attention_bias", config.attentionBias());
    }
    json.put(keys.activation(), config.activation());
    json.put("tie_word_embeddings", config.tiedEmbeddings());
    json.put("torch_dtype", "float32");
    return json.toPrettyString() + "\n";
  }
}
