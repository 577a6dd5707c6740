package org.coplms.proxy.lm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@link LmConfig} from and to Hugging Face's {@code config.json}. */
final class LmConfigJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonFields root;
  private final Family family;
  private final ConfigKeys keys;

  private LmConfigJson(JsonFields root, Family family) {
    this.root = root;
    this.family = family;
    this.keys = family.keys();
  }

  static LmConfig parse(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      if (!node.isObject()) {
        throw new IllegalArgumentException("The model configuration is not a JSON object");
      }
      Family family = Family.ofModelType(node.path("model_type").asText("(absent)"));
      return new LmConfigJson(new JsonFields(node, ""), family).config();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The model configuration is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private LmConfig config() {
    refuseUnsupported();
    int hidden = whole(Key.HIDDEN_SIZE, 0);
    int heads = whole(Key.NUM_HEADS, 0);
    int layers = whole(Key.NUM_LAYERS, 0);
    int maxPositions = whole(Key.MAX_POSITIONS, 0);
    return new LmConfig(
        family,
        root.whole("vocab_size", root.find("vocab_size")),
        whole(Key.EMBEDDING_SIZE, hidden),
        hidden,
        whole(Key.INTERMEDIATE_SIZE, 4 * hidden),
        layers,
        heads,
        whole(Key.NUM_KEY_VALUE_HEADS, heads),
        whole(Key.HEAD_DIM, hidden / Math.max(1, heads)),
        maxPositions,
        number(Key.NORM_EPSILON),
        rope(maxPositions),
        WindowJson.read(root, keys.windows(), layers),
        BlockOrder.of(flag(Key.NORM_FIRST), flag(Key.PARALLEL_RESIDUAL)),
        flag(Key.ATTENTION_BIAS),
        flag(Key.FEED_FORWARD_BIAS),
        flag(Key.TIED_EMBEDDINGS),
        Activation.named(text(Key.ACTIVATION)).hfName());
  }

  private Rope rope(int maxPositions) {
    if (!family.parts().rotary()) {
      return Rope.PLAIN;
    }
    double theta = number(Key.ROPE_THETA);
    boolean hasShare = keys.has(Key.ROTARY_SHARE);
    return RopeJson.read(root, theta, number(Key.ROTARY_SHARE), hasShare, maxPositions);
  }

  private void refuseUnsupported() {
    keys.refused()
        .forEach(
            (field, harmless) -> {
              JsonNode value = root.find(field);
              if (!JsonFields.isAbsent(value) && !harmless.contains(value.toString())) {
                throw new IllegalArgumentException(
                    "%s = %s is not supported for %s models%s; use a checkpoint of the model without it"
                        .formatted(
                            field,
                            value,
                            family.modelType(),
                            harmless.isEmpty() ? "" : ", only " + String.join(" or ", harmless)));
              }
            });
  }

  /**
   * A size.
   *
   * @param derived what it is where the file is silent and the family has no default; also where
   *     the file says null
   */
  private int whole(Key key, int derived) {
    ConfigKeys.Field field = keys.field(key);
    JsonNode value = root.find(field.names());
    if (field.required() || !JsonFields.isAbsent(value)) {
      return root.whole(field.name(), value);
    }
    boolean hasDefault = value.isMissingNode() && field.fallback() != null;
    return hasDefault ? (int) field.fallback() : derived;
  }

  private double number(Key key) {
    JsonNode value = root.find(keys.field(key).names());
    return JsonFields.isAbsent(value)
        ? (double) keys.fallback(key)
        : root.number(keys.name(key), value);
  }

  private boolean flag(Key key) {
    JsonNode value = root.find(keys.field(key).names());
    return JsonFields.isAbsent(value)
        ? (boolean) keys.fallback(key)
        : root.flag(keys.name(key), value);
  }

  private String text(Key key) {
    JsonNode value = root.find(keys.field(key).names());
    return JsonFields.isAbsent(value) ? (String) keys.fallback(key) : value.asText();
  }

  static String write(LmConfig config) {
    Family family = config.family();
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(family.architecture());
    json.put("model_type", family.modelType());
    json.put("vocab_size", config.vocabSize());
    for (Key key : Key.values()) {
      if (family.keys().has(key)) {
        json.set(family.keys().name(key), JSON.valueToTree(value(config, key)));
        if (key == Key.ROPE_THETA) {
          RopeJson.write(config.rope().scaling(), json);
        }
      }
    }
    WindowJson.write(config, json);
    json.put("torch_dtype", "float32");
    return json.toPrettyString() + "\n";
  }

  private static Object value(LmConfig config, Key key) {
    return switch (key) {
      case HIDDEN_SIZE -> config.hiddenSize();
      case INTERMEDIATE_SIZE -> config.intermediateSize();
      case NUM_LAYERS -> config.numLayers();
      case NUM_HEADS -> config.numHeads();
      case NUM_KEY_VALUE_HEADS -> config.numKeyValueHeads();
      case HEAD_DIM -> config.headDim();
      case EMBEDDING_SIZE -> config.embeddingSize();
      case MAX_POSITIONS -> config.maxPositions();
      case NORM_EPSILON -> config.normEpsilon();
      case ACTIVATION -> config.activation();
      case ATTENTION_BIAS -> config.attentionBias();
      case FEED_FORWARD_BIAS -> config.feedForwardBias();
      case PARALLEL_RESIDUAL -> config.order() == BlockOrder.PARALLEL;
      case NORM_FIRST -> config.order() != BlockOrder.NORM_LAST;
      case ROPE_THETA -> config.rope().theta();
      case ROTARY_SHARE -> config.rope().share();
      case TIED_EMBEDDINGS -> config.tiedEmbeddings();
    };
  }
}
