package org.coplms.udfs.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.tensor.ValueType;
import org.coplms.proxy.tensor.Weights;
import org.coplms.udfs.store.HadoopFiles;

/**
 * What {@code config.json} says of the type of the stored weights: {@code torch_dtype}, or {@code
 * dtype} since transformers 4.56; float32 where it says nothing.
 */
public final class TorchDtype {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String OLDER = "torch_dtype";
  private static final List<String> KEYS = List.of("dtype", OLDER);

  private TorchDtype() {}

  /** The name of the type, such as {@code bfloat16}. */
  static String of(String configJson) {
    JsonNode config = parse(configJson);
    return KEYS.stream()
        .map(key -> config.path(key).asText())
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElse(ValueType.F32.hfName());
  }

  /**
   * Makes a folder's {@code config.json} name the type in which most bytes of its weights are;
   * where it does already, not a byte changes.
   */
  public static void write(String folder, Weights weights, Configuration files) {
    String file = folder + "/" + Checkpoint.CONFIG;
    String json = new String(HadoopFiles.read(file, files), StandardCharsets.UTF_8);
    String name = main(weights).hfName();
    if (of(json).equals(name)) {
      return;
    }
    ObjectNode config = (ObjectNode) parse(json);
    List<String> present = KEYS.stream().filter(config::has).toList();
    (present.isEmpty() ? List.of(OLDER) : present).forEach(key -> config.put(key, name));
    HadoopFiles.write(file, config.toPrettyString().getBytes(StandardCharsets.UTF_8), files);
  }

  private static ValueType main(Weights weights) {
    Map<ValueType, Long> bytes = new EnumMap<>(ValueType.class);
    weights
        .names()
        .forEach(name -> bytes.merge(weights.type(name), weights.byteSize(name), Long::sum));
    return bytes.entrySet().stream()
        .max(Comparator.comparingLong(Map.Entry::getValue))
        .map(Map.Entry::getKey)
        .orElse(ValueType.F32);
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          Checkpoint.CONFIG + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }
}
