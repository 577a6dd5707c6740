package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** The parsed files of a tokenizer. */
record JsonFiles(JsonNode tokenizer, JsonNode config, JsonNode specialTokens, JsonNode generation) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Parses the files.
   *
   * @throws IllegalArgumentException naming file and line of what is no JSON
   */
  static JsonFiles parse(TokenizerFiles files) {
    return new JsonFiles(
        parse(TokenizerFiles.TOKENIZER, files.tokenizer()),
        parse(TokenizerFiles.CONFIG, files.config()),
        parse(TokenizerFiles.SPECIAL_TOKENS, files.specialTokens()),
        parse(TokenizerFiles.GENERATION, files.generation()));
  }

  private static JsonNode parse(String name, String json) {
    try {
      JsonNode node = MAPPER.readTree(json);
      return node.isObject() ? node : JsonNodeFactory.instance.objectNode();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is not valid JSON, line %d: %s"
              .formatted(
                  name,
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getOriginalMessage()),
          e);
    }
  }

  /** The value as an array of one; of none where it is absent or null. */
  static JsonNode listOf(JsonNode value) {
    return value.isMissingNode() || value.isNull()
        ? JsonNodeFactory.instance.arrayNode()
        : JsonNodeFactory.instance.arrayNode().add(value);
  }
}
