package org.coplms.dataprep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads one line of a JSONL file, and says what is wrong with it. */
final class JsonlParser {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonlParser() {}

  /** A line that holds no example; the message is the reason with its remedy. */
  static final class UnusableLineException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableLineException(String reason) {
      super(reason);
    }
  }

  static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  /**
   * The example of one line.
   *
   * @param line UTF-8 bytes without the line's end
   */
  static Item parse(byte[] line) throws UnusableLineException {
    JsonNode record = readObject(decode(line));
    String domain = requiredText(record, "domain");
    String prompt = requiredText(record, "prompt");
    return new Item(domain, itemName(record, domain, prompt), prompt, responses(record));
  }

  private static String decode(byte[] line) throws UnusableLineException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw new UnusableLineException("the bytes are not UTF-8; convert the file to UTF-8");
    }
  }

  private static JsonNode readObject(String text) throws UnusableLineException {
    JsonNode record;
    try {
      record = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UnusableLineException(
          "it is not valid JSON (%s); write one JSON object on each line"
              .formatted(firstLine(e.getOriginalMessage())));
    }
    if (!record.isObject()) {
      throw new UnusableLineException(
          "it is a JSON %s; write one JSON object on each line".formatted(kindOf(record)));
    }
    return record;
  }

  private static String requiredText(JsonNode record, String field) throws UnusableLineException {
    JsonNode value = record.path(field);
    if (value.isMissingNode() || value.isNull()) {
      throw new UnusableLineException(
          "the field '%s' is missing; every line needs prompt, domain and response or responses"
              .formatted(field));
    }
    return text(value, field);
  }

  private static List<String> responses(JsonNode record) throws UnusableLineException {
    if (record.has("response") == record.has("responses")) {
      throw new UnusableLineException(
          "it needs either 'response', a string, or 'responses', a list of strings");
    }
    if (record.has("response")) {
      return List.of(requiredText(record, "response"));
    }
    JsonNode list = record.path("responses");
    if (!list.isArray() || list.isEmpty()) {
      throw new UnusableLineException(
          "the field 'responses' must be a list of at least one string, got %s"
              .formatted(list.isArray() ? "an empty list" : kindOf(list)));
    }
    List<String> responses = new ArrayList<>();
    for (JsonNode response : list) {
      responses.add(text(response, "responses"));
    }
    return responses;
  }

  private static String itemName(JsonNode record, String domain, String prompt)
      throws UnusableLineException {
    JsonNode id = record.path("id");
    if (id.isMissingNode() || id.isNull()) {
      return KeyedSeed.hex(domain + "\n" + PromptKey.of(prompt), 12);
    }
    return id.isIntegralNumber() ? id.asText() : text(id, "id");
  }

  private static String text(JsonNode value, String field) throws UnusableLineException {
    if (!value.isTextual()) {
      throw new UnusableLineException(
          "the field '%s' must be a string, got a JSON %s".formatted(field, kindOf(value)));
    }
    String text = value.textValue().strip();
    if (text.isEmpty()) {
      throw new UnusableLineException(
          "the field '%s' is empty; give it a value or remove the line".formatted(field));
    }
    return text;
  }

  private static String kindOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "list";
      case MISSING -> "value of no kind";
      default -> value.getNodeType().toString().toLowerCase(Locale.ROOT);
    };
  }

  private static String firstLine(String message) {
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
