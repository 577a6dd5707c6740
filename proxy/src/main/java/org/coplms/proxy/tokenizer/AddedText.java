package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * The text that an added token is found as.
 *
 * <p>One with {@code "normalized": true} is looked for after normalization, and is normalized
 * itself then: behind a prepended space, say, where every text begins with one.
 */
final class AddedText {
  private AddedText() {}

  /**
   * The content, normalized where its token says so; as it stands for normalizers that are none of
   * the usual, whose texts then have no byte ends.
   */
  static String of(JsonNode token, JsonNode normalizer) {
    String content = token.path("content").asText();
    return token.path("normalized").asBoolean() ? operator(normalizer).apply(content) : content;
  }

  private static UnaryOperator<String> operator(JsonNode normalizer) {
    return switch (normalizer.path("type").asText("")) {
      case "Sequence" -> sequence(normalizer.path("normalizers"));
      case "Prepend" -> text -> text.isEmpty() ? text : normalizer.path("prepend").asText() + text;
      case "Replace" -> replace(normalizer);
      case "NFC", "NFD", "NFKC", "NFKD" ->
          text ->
              Normalizer.normalize(text, Normalizer.Form.valueOf(normalizer.get("type").asText()));
      case "Lowercase" -> text -> text.toLowerCase(Locale.ROOT);
      default -> UnaryOperator.identity();
    };
  }

  private static UnaryOperator<String> sequence(JsonNode normalizers) {
    return text -> {
      String normalized = text;
      for (JsonNode normalizer : normalizers) {
        normalized = operator(normalizer).apply(normalized);
      }
      return normalized;
    };
  }

  private static UnaryOperator<String> replace(JsonNode normalizer) {
    JsonNode pattern = normalizer.path("pattern").path("String");
    String content = normalizer.path("content").asText();
    return pattern.isTextual()
        ? text -> text.replace(pattern.asText(), content)
        : UnaryOperator.identity();
  }
}
