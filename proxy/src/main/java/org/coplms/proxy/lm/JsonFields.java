package org.coplms.proxy.lm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Typed fields of a JSON object, whose faults are named. */
final class JsonFields {
  private final JsonNode node;
  private final String path;

  /**
   * The fields of an object.
   *
   * @param path what stands before a field's name in messages
   */
  JsonFields(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /** The value of the first of these names that is there, maybe JSON's null; else missing. */
  JsonNode find(List<String> names) {
    return names.stream()
        .filter(node::has)
        .findFirst()
        .map(node::path)
        .orElseGet(() -> node.path(""));
  }

  JsonNode find(String name) {
    return node.path(name);
  }

  /** The object under this name; empty where it is absent or null. */
  JsonFields object(String name) {
    return new JsonFields(node.path(name), path + name + ".");
  }

  List<String> names() {
    return node.properties().stream().map(entry -> entry.getKey()).toList();
  }

  boolean isAbsent(String name) {
    return isAbsent(node.path(name));
  }

  static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  int whole(String name, int fallback) {
    return isAbsent(name) ? fallback : whole(name, node.path(name));
  }

  int whole(String name, JsonNode value) {
    if (!value.isInt()) {
      throw wrong(name, "a whole number", value);
    }
    return value.intValue();
  }

  double number(String name, double fallback) {
    return isAbsent(name) ? fallback : number(name, node.path(name));
  }

  double number(String name, JsonNode value) {
    if (!value.isNumber()) {
      throw wrong(name, "a number", value);
    }
    return value.doubleValue();
  }

  boolean flag(String name, boolean fallback) {
    return isAbsent(name) ? fallback : flag(name, node.path(name));
  }

  boolean flag(String name, JsonNode value) {
    if (!value.isBoolean()) {
      throw wrong(name, "true or false", value);
    }
    return value.booleanValue();
  }

  IllegalArgumentException wrong(String name, String expected, JsonNode value) {
    return new IllegalArgumentException(
        "Field %s%s must be %s, got %s"
            .formatted(path, name, expected, value.isMissingNode() ? "nothing" : value));
  }
}
