package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the tokens of a {@code tokenizer.json} spell bytes.
 *
 * @param byteLevel whether a token's characters are bytes by {@link ByteAlphabet}, else the token
 *     is a piece of text
 * @param space what stands for a space in a piece
 * @param byteFallback whether the piece {@code <0xHH>} is that byte
 */
record VocabularyKind(boolean byteLevel, String space, boolean byteFallback) {
  private static final String SPACE = "▁";
  private static final Pattern BYTE_TOKEN = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  /**
   * Finds out.
   *
   * @throws IllegalArgumentException when the tokens cannot be read as bytes, with the reason
   */
  static VocabularyKind of(JsonNode tokenizer) {
    JsonNode model = tokenizer.path("model");
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.path(affix).asText("").isEmpty() && !model.path(affix).isNull()) {
        throw new IllegalArgumentException(
            "tokenizer.json marks the inside of words (model.%s is '%s'), so that spaces between words are lost; its tokens cannot be read as bytes"
                .formatted(affix, model.path(affix).asText()));
      }
    }
    TreeSet<String> parts = new TreeSet<>();
    for (String part : List.of("normalizer", "pre_tokenizer", "decoder")) {
      tokenizer.path(part).findValues("type").forEach(type -> parts.add(type.asText()));
    }
    boolean fallback = model.path("byte_fallback").asBoolean() || parts.contains("ByteFallback");
    if (parts.contains("ByteLevel")) {
      return new VocabularyKind(true, SPACE, false);
    }
    if (parts.contains("Metaspace") || fallback) {
      return new VocabularyKind(false, replacement(tokenizer), fallback);
    }
    throw new IllegalArgumentException(
        "tokenizer.json is neither byte-level (a ByteLevel part) nor SentencePiece-style (a Metaspace or ByteFallback part), got the parts %s and the model %s; its tokens cannot be read as bytes"
            .formatted(parts, model.path("type").asText("?")));
  }

  private static String replacement(JsonNode tokenizer) {
    JsonNode found = tokenizer.path("pre_tokenizer").findPath("replacement");
    return found.isTextual() ? found.asText() : SPACE;
  }

  /** The bytes of an entry of the model's vocabulary. */
  byte[] bytes(String token) {
    if (byteLevel) {
      byte[] read = ByteAlphabet.read(token);
      return read == null ? token.getBytes(StandardCharsets.UTF_8) : read;
    }
    Matcher matcher = BYTE_TOKEN.matcher(token);
    return byteFallback && matcher.matches()
        ? new byte[] {(byte) Integer.parseInt(matcher.group(1), 16)}
        : textBytes(token);
  }

  /** The bytes of an added token, which stands in the text as it is. */
  byte[] textBytes(String content) {
    String text = byteLevel ? content : content.replace(space, " ");
    return text.getBytes(StandardCharsets.UTF_8);
  }

  boolean isByteFallback(String token) {
    return byteFallback && BYTE_TOKEN.matcher(token).matches();
  }
}
