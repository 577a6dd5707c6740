package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;

/** Whether a tokenizer puts a space before a text: SentencePiece's dummy prefix. */
final class PrefixSpace {
  private PrefixSpace() {}

  /** What normalizer and pre-tokenizer of a {@code tokenizer.json} say. */
  static boolean isDeclared(JsonNode tokenizer) {
    return isIn(tokenizer.path("normalizer")) || isIn(tokenizer.path("pre_tokenizer"));
  }

  private static boolean isIn(JsonNode part) {
    boolean here =
        switch (part.path("type").asText("")) {
          case "Prepend" -> true;
          case "ByteLevel" -> part.path("add_prefix_space").asBoolean(true);
          case "Metaspace" -> ofMetaspace(part);
          default -> false;
        };
    if (here) {
      return true;
    }
    for (JsonNode child : part) {
      if (child.isContainerNode() && isIn(child)) {
        return true;
      }
    }
    return false;
  }

  private static boolean ofMetaspace(JsonNode part) {
    JsonNode scheme = part.path("prepend_scheme");
    return scheme.isTextual()
        ? !scheme.asText().equals("never")
        : part.path("add_prefix_space").asBoolean(true);
  }
}
