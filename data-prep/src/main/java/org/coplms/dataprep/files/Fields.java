package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fields of one record by name; {@code a.b} is the field {@code b} in the object {@code a}. */
final class Fields {
  private final JsonNode record;

  Fields(JsonNode record) {
    this.record = record;
  }

  boolean has(String name) {
    JsonNode value = node(name);
    return !value.isMissingNode() && !value.isNull();
  }

  /** The field's value, or a missing node. A field whose own name has dots comes first. */
  JsonNode node(String name) {
    JsonNode value = record.path(name);
    int dot = name.indexOf('.');
    if (!value.isMissingNode() || dot < 0) {
      return value;
    }
    return new Fields(record.path(name.substring(0, dot))).node(name.substring(dot + 1));
  }

  JsonNode required(String name) throws UnusableRecordException {
    if (!has(name)) {
      throw new UnusableRecordException(
          Reason.MISSING,
          "the field '%s' is missing%s; add it, or correct layout and columns"
              .formatted(name, present()));
    }
    return node(name);
  }

  /** A string that is not blank. */
  String text(String name) throws UnusableRecordException {
    return text(required(name), name);
  }

  /** A string, or nothing where it is missing, null or blank. */
  Optional<String> optionalText(String name) throws UnusableRecordException {
    if (!has(name)) {
      return Optional.empty();
    }
    String text = string(node(name), name);
    return text.isBlank() ? Optional.empty() : Optional.of(text);
  }

  /** A string, or a list of at least one string; none is blank. */
  List<String> texts(String name) throws UnusableRecordException {
    JsonNode value = required(name);
    if (value.isTextual()) {
      return List.of(text(value, name));
    }
    if (!value.isArray()) {
      throw wrongType(name, "a string or a list of strings", value);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : list(name)) {
      texts.add(text(element, name));
    }
    return texts;
  }

  /** A list of at least one element. */
  JsonNode list(String name) throws UnusableRecordException {
    JsonNode value = required(name);
    if (!value.isArray()) {
      throw wrongType(name, "a list", value);
    }
    if (value.isEmpty()) {
      throw new UnusableRecordException(
          Reason.EMPTY,
          "the field '%s' is an empty list; give it a value or remove the record".formatted(name));
    }
    return value;
  }

  /** A string or a whole number as one line of text; nothing where it is missing or blank. */
  Optional<String> label(String name) throws UnusableRecordException {
    if (name.isEmpty() || !has(name)) {
      return Optional.empty();
    }
    JsonNode value = node(name);
    String text = value.isIntegralNumber() ? value.asText() : string(value, name);
    return Optional.of(TextCleaner.label(text)).filter(label -> !label.isEmpty());
  }

  private static String text(JsonNode value, String name) throws UnusableRecordException {
    String text = string(value, name);
    if (text.isBlank()) {
      throw new UnusableRecordException(
          Reason.EMPTY,
          "the field '%s' is empty; give it a value or remove the record".formatted(name));
    }
    return text;
  }

  private static String string(JsonNode value, String name) throws UnusableRecordException {
    if (!value.isTextual()) {
      throw wrongType(name, "a string", value);
    }
    return value.textValue();
  }

  private static UnusableRecordException wrongType(String name, String wanted, JsonNode got) {
    return new UnusableRecordException(
        Reason.WRONG_TYPE,
        "the field '%s' must be %s, got a JSON %s".formatted(name, wanted, Json.kindOf(got)));
  }

  /** The first fields that are there, for a message. */
  private String present() {
    if (!record.isObject() || record.isEmpty()) {
      return "";
    }
    List<String> names = new ArrayList<>();
    record.fieldNames().forEachRemaining(names::add);
    List<String> shown =
        names.subList(0, Math.min(names.size(), 8)).stream().map(Text::brief).toList();
    return " among " + String.join(", ", shown) + (names.size() > shown.size() ? ", …" : "");
  }
}
