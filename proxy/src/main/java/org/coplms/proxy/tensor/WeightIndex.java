package org.coplms.proxy.tensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which file of a sharded checkpoint holds which tensor: {@code model.safetensors.index.json}.
 *
 * @param place of the index, for messages
 * @param shardOf file name, in the index's folder, by tensor name
 */
public record WeightIndex(String place, SortedMap<String, String> shardOf) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  public WeightIndex {
    shardOf = Collections.unmodifiableSortedMap(new TreeMap<>(shardOf));
  }

  /**
   * Reads an index.
   *
   * @throws IllegalArgumentException naming {@code place} and what is wrong
   */
  public static WeightIndex parse(String json, String place) {
    JsonNode map;
    try {
      map = JSON.readTree(json).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is no index of a checkpoint: %s".formatted(place, e.getOriginalMessage()), e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is no index of a checkpoint: it has no weight_map; download it again"
              .formatted(place));
    }
    SortedMap<String, String> shardOf = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String shard = entry.getValue().asText();
      if (shard.isEmpty() || shard.contains("/") || shard.contains("\\") || shard.equals("..")) {
        throw new IllegalArgumentException(
            "%s puts tensor %s into '%s', which is no file of its folder"
                .formatted(place, entry.getKey(), shard));
      }
      shardOf.put(entry.getKey(), shard);
    }
    return new WeightIndex(place, shardOf);
  }

  /** Names of the files, each once. */
  public SortedSet<String> shards() {
    return new TreeSet<>(shardOf.values());
  }

  /** As JSON in Hugging Face's form. */
  String toJson(long totalBytes) {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("metadata").put("total_size", totalBytes);
    ObjectNode map = root.putObject("weight_map");
    shardOf.forEach(map::put);
    return root.toPrettyString() + "\n";
  }
}
