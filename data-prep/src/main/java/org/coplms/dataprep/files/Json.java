package org.coplms.dataprep.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DatabindException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.util.Locale;

/** JSON as records have it: no field occurs twice, nothing follows a value. */
final class Json {
  private static final JsonMapper VALUE =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  private static final JsonMapper WHOLE =
      VALUE.rebuild().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  static ObjectNode object() {
    return VALUE.createObjectNode();
  }

  static JsonParser parser(Reader text) throws IOException {
    return VALUE.createParser(text);
  }

  /**
   * The value that begins at the parser's token; the parser is then at its last token.
   *
   * @throws DatabindException when a field occurs twice; the parser is then somewhere in the value
   */
  static JsonNode value(JsonParser parser) throws IOException {
    return VALUE.readTree(parser);
  }

  /**
   * A whole text that is one object.
   *
   * @param place as "on each line", for messages
   */
  static ObjectNode object(String text, String place) throws UnusableRecordException {
    JsonNode value;
    try {
      value = WHOLE.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UnusableRecordException(
          Reason.NOT_JSON,
          "it is not valid JSON (%s); write one JSON object %s".formatted(why(e), place));
    }
    return asObject(value, place);
  }

  static ObjectNode asObject(JsonNode value, String place) throws UnusableRecordException {
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw new UnusableRecordException(
        Reason.NOT_AN_OBJECT,
        "it is a JSON %s; write one JSON object %s".formatted(kindOf(value), place));
  }

  static UnusableRecordException repeated(String field) {
    return new UnusableRecordException(
        Reason.NOT_JSON, "the field '%s' occurs twice; keep one of them".formatted(field));
  }

  /** The parser's words without where it stands in them. */
  static String why(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    String first = end < 0 ? message : message.substring(0, end);
    int advice = first.indexOf(" for `ObjectNode`");
    return advice < 0 ? first : first.substring(0, advice);
  }

  static String kindOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "list";
      case MISSING -> "value of no kind";
      default -> value.getNodeType().toString().toLowerCase(Locale.ROOT);
    };
  }
}
