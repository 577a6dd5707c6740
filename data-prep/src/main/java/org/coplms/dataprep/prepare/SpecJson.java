package org.coplms.dataprep.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.dataprep.PreparationException;

/** A specification as canonical JSON, and the differences between two of them. */
final class SpecJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  private SpecJson() {}

  static String write(PrepareSpec spec) {
    ObjectNode tree = JSON.valueToTree(spec);
    tree.withObject("/source").put("kind", spec.source().kind());
    if (spec.source() instanceof FilesSpec files) {
      tree.withObject("/source/partition").put("kind", files.partition().kind());
    }
    return tree.toString();
  }

  /** Each differing value as {@code source.perDevice.train: 100 there, 200 here}. */
  static List<String> differences(String there, String here) {
    SortedMap<String, String> left = flatten(there);
    SortedMap<String, String> right = flatten(here);
    TreeMap<String, String> all = new TreeMap<>(left);
    all.putAll(right);
    List<String> differences = new ArrayList<>();
    for (String name : all.keySet()) {
      String a = left.getOrDefault(name, "nothing");
      String b = right.getOrDefault(name, "nothing");
      if (!a.equals(b)) {
        differences.add("%s: %s there, %s here".formatted(name, a, b));
      }
    }
    return differences;
  }

  private static SortedMap<String, String> flatten(String json) {
    try {
      SortedMap<String, String> values = new TreeMap<>();
      flatten("", JSON.readTree(json), values);
      return values;
    } catch (JsonProcessingException e) {
      throw new PreparationException("Not a specification: " + json, e);
    }
  }

  private static void flatten(String name, JsonNode node, SortedMap<String, String> into) {
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(
              field ->
                  flatten(
                      name.isEmpty() ? field.getKey() : name + "." + field.getKey(),
                      field.getValue(),
                      into));
    } else {
      into.put(name, node.toString());
    }
  }
}
