package org.coplms.jobs.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The resolved configuration as JSON: the records' values under their configuration keys, sorted,
 * so that equal settings have equal bytes however they were written.
 */
public final class ConfigJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ABSENT = "absent";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ConfigJson() {}

  /** The JSON tree of a bound record; an empty optional is absent. */
  public static ObjectNode tree(Record settings) {
    ObjectNode node = NODES.objectNode();
    SortedMap<String, Object> values = new TreeMap<>();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      values.put(KebabCase.ofComponent(component.getName()), read(component, settings));
    }
    Class<?> sealed = Choice.sealedParent(settings.getClass());
    if (sealed != null) {
      values.put(Choice.KEY, Choice.name(sealed, settings.getClass()));
    }
    values.forEach((key, value) -> put(node, key, value));
    return node;
  }

  /** SHA-256 of the tree's compact bytes, in hexadecimal. */
  public static String fingerprint(JsonNode tree) {
    try {
      byte[] bytes = MAPPER.writeValueAsString(tree).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The tree without the values at the given dotted paths. */
  public static ObjectNode without(ObjectNode tree, Collection<String> paths) {
    ObjectNode copy = tree.deepCopy();
    for (String path : paths) {
      int dot = path.lastIndexOf('.');
      JsonNode parent = dot < 0 ? copy : copy.at("/" + path.substring(0, dot).replace('.', '/'));
      if (parent instanceof ObjectNode object) {
        object.remove(path.substring(dot + 1));
      }
    }
    return copy;
  }

  /** Dotted paths whose values differ, with both values: {@code seed: 1 there, 2 here}. */
  public static List<String> differences(JsonNode there, JsonNode here) {
    return differences(there, here, NODES.objectNode());
  }

  /**
   * The same, where a path that one side lacks stands for its default.
   *
   * @param defaults a tree with the defaults, those that there are
   */
  public static List<String> differences(JsonNode there, JsonNode here, JsonNode defaults) {
    SortedMap<String, String> left = flat(there);
    SortedMap<String, String> right = flat(here);
    SortedMap<String, String> usual = flat(defaults);
    TreeSet<String> paths = new TreeSet<>(left.keySet());
    paths.addAll(right.keySet());
    List<String> differences = new ArrayList<>();
    for (String path : paths) {
      String absent = usual.getOrDefault(path, ABSENT);
      if (!left.getOrDefault(path, absent).equals(right.getOrDefault(path, absent))) {
        differences.add(
            "%s was %s, is now %s"
                .formatted(
                    path, left.getOrDefault(path, ABSENT), right.getOrDefault(path, ABSENT)));
      }
    }
    return differences;
  }

  private static SortedMap<String, String> flat(JsonNode tree) {
    SortedMap<String, String> leaves = new TreeMap<>();
    flatten(tree, "", leaves);
    return leaves;
  }

  private static void flatten(JsonNode node, String path, SortedMap<String, String> leaves) {
    if (node.isObject() && !node.isEmpty()) {
      node.fields()
          .forEachRemaining(
              field ->
                  flatten(
                      field.getValue(),
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      leaves));
    } else {
      leaves.put(path, node.toString());
    }
  }

  private static void put(ObjectNode node, String key, Object value) {
    if (!(value instanceof Optional<?> optional)) {
      node.set(key, json(value));
    } else if (optional.isPresent()) {
      node.set(key, json(optional.get()));
    }
  }

  private static JsonNode json(Object value) {
    if (value instanceof Record record) {
      return tree(record);
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(json(element)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      new TreeMap<>(map).forEach((key, element) -> object.set((String) key, json(element)));
      return object;
    }
    if (value instanceof Enum<?> constant) {
      return NODES.textNode(KebabCase.ofConstant(constant));
    }
    return MAPPER.valueToTree(value);
  }

  private static Object read(RecordComponent component, Record settings) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(settings);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("Cannot read " + component, e);
    }
  }
}
