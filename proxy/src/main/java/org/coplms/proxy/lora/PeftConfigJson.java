package org.coplms.proxy.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * {@link PeftAdapter}'s configuration from and to PEFT's {@code adapter_config.json}.
 *
 * <p>Written are the fields of PEFT 0.9.0's {@code LoraConfig}, each with the value that it has
 * there for a plain LoRA: later versions give the fields that they added their defaults, whereas
 * versions before 0.14 stop at a field that they do not know.
 */
final class PeftConfigJson {
  private static final JsonMapper JSON = new JsonMapper();

  /** What changes the meaning of the factors, with the values that do not. */
  private static final Map<String, Set<String>> HARMLESS =
      Map.of(
          "bias", Set.of("\"none\""),
          "use_dora", Set.of("false"),
          "use_qalora", Set.of("false"),
          "lora_bias", Set.of("false"),
          "rank_pattern", Set.of("{}"),
          "alpha_pattern", Set.of("{}"),
          "modules_to_save", Set.of("[]"),
          "layer_replication", Set.of("[]"),
          "trainable_token_indices", Set.of("[]", "{}"),
          "target_parameters", Set.of("[]"));

  private PeftConfigJson() {}

  static String write(PeftAdapter adapter) {
    LoraConfig lora = adapter.lora();
    ObjectNode json = JSON.createObjectNode();
    json.putObject("alpha_pattern");
    json.putNull("auto_mapping");
    json.put("base_model_name_or_path", adapter.base());
    json.put("bias", "none");
    json.put("fan_in_fan_out", adapter.fanInFanOut());
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    json.putNull("layers_pattern");
    json.putNull("layers_to_transform");
    json.putObject("loftq_config");
    if (lora.alpha() == Math.rint(lora.alpha()) && lora.alpha() <= Integer.MAX_VALUE) {
      json.put("lora_alpha", (int) lora.alpha());
    } else {
      json.put("lora_alpha", lora.alpha());
    }
    json.put("lora_dropout", lora.dropout());
    json.putNull("megatron_config");
    json.put("megatron_core", "megatron.core");
    json.putNull("modules_to_save");
    json.put("peft_type", "LORA");
    json.put("r", lora.rank());
    json.putObject("rank_pattern");
    json.putNull("revision");
    ArrayNode targets = json.putArray("target_modules");
    lora.targets().forEach(targets::add);
    json.put("task_type", "CAUSAL_LM");
    json.put("use_dora", false);
    json.put("use_rslora", false);
    return json.toPrettyString() + "\n";
  }

  static PeftAdapter parse(String configJson, SortedMap<String, HostTensor> tensors) {
    JsonNode json = tree(configJson);
    String type = json.path("peft_type").asText("(absent)");
    if (!type.equals("LORA")) {
      throw unsupported("peft_type", type, "LORA");
    }
    HARMLESS.forEach((field, harmless) -> requireHarmless(json, field, harmless));
    int rank = json.path("r").asInt();
    LoraConfig lora =
        new LoraConfig(
            rank, alpha(json, rank), json.path("lora_dropout").asDouble(), targets(json));
    return new PeftAdapter(
        json.path("base_model_name_or_path").asText(""),
        lora,
        json.path("fan_in_fan_out").asBoolean(),
        tensors);
  }

  private static JsonNode tree(String configJson) {
    try {
      return JSON.readTree(configJson);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The adapter's configuration is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static void requireHarmless(JsonNode json, String field, Set<String> harmless) {
    JsonNode value = json.path(field);
    if (!value.isMissingNode() && !value.isNull() && !harmless.contains(value.toString())) {
      throw unsupported(field, value.toString(), String.join(" or ", harmless));
    }
  }

  private static IllegalArgumentException unsupported(
      String field, String value, String supported) {
    return new IllegalArgumentException(
        "The adapter's %s = %s is not supported, only %s".formatted(field, value, supported));
  }

  /** PEFT's scaling is alpha / r, or alpha / √r where {@code use_rslora} says so. */
  private static double alpha(JsonNode json, int rank) {
    double alpha = json.path("lora_alpha").asDouble();
    return json.path("use_rslora").asBoolean() ? alpha * Math.sqrt(rank) : alpha;
  }

  /** A list, or a name or pattern alone. */
  private static List<String> targets(JsonNode json) {
    JsonNode field = json.path("target_modules");
    List<String> targets = new ArrayList<>();
    field.forEach(target -> targets.add(target.asText()));
    return field.isTextual() ? List.of(field.asText()) : targets;
  }
}
