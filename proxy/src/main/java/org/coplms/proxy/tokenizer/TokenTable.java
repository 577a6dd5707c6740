package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes and the role of every token of a {@code tokenizer.json}.
 *
 * <p>Byte-level vocabularies are read through the inverse of {@link ByteAlphabet}; in
 * SentencePiece-style ones {@code ▁} is a space and {@code <0xHH>} that byte. Special tokens, the
 * unknown token and ids without a token are empty.
 */
final class TokenTable {
  private static final Pattern BYTE_TOKEN = Pattern.compile("<0x([0-9A-Fa-f]{2})>");
  private static final byte[] NONE = {};

  private final byte[][] bytes;
  private final TokenRole[] roles;
  private final boolean[] fallback;
  private final boolean byteLevel;
  private final SpecialTokens specials;
  private final Map<String, Integer> ids;

  private TokenTable(Map<String, Integer> ids, boolean byteLevel, SpecialTokens specials) {
    int size = 1 + ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    this.ids = ids;
    this.byteLevel = byteLevel;
    this.specials = specials;
    this.fallback = new boolean[size];
    this.bytes = new byte[size][];
    this.roles = new TokenRole[size];
    Arrays.fill(bytes, NONE);
    Arrays.fill(roles, TokenRole.OTHER);
  }

  /**
   * Reads the table.
   *
   * @param tokenizer the content of {@code tokenizer.json}
   * @param config the content of {@code tokenizer_config.json}; an empty object for none
   * @throws IllegalArgumentException when the vocabulary is of neither kind
   */
  static TokenTable read(JsonNode tokenizer, JsonNode config) {
    Map<String, Integer> ids = vocabulary(tokenizer.path("model").path("vocab"));
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("tokenizer.json has no model.vocab");
    }
    JsonNode added = tokenizer.path("added_tokens");
    Map<String, Integer> all = new HashMap<>(ids);
    added.forEach(token -> all.put(token.path("content").asText(), token.path("id").asInt()));

    TokenTable table = new TokenTable(all, isByteLevel(tokenizer), SpecialTokens.find(config, all));
    ids.forEach((token, id) -> table.putText(id, token));
    added.forEach(table::putAdded);
    String unknown = tokenizer.path("model").path("unk_token").asText("");
    if (ids.containsKey(unknown)) {
      table.put(ids.get(unknown), NONE, TokenRole.OTHER);
    }
    table.putSpecials();
    return table;
  }

  private static Map<String, Integer> vocabulary(JsonNode vocab) {
    Map<String, Integer> ids = new HashMap<>();
    if (vocab.isObject()) {
      vocab.fields().forEachRemaining(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
    } else { // Unigram: [[token, score], …], the place being the id
      for (int id = 0; id < vocab.size(); id++) {
        ids.put(vocab.get(id).path(0).asText(), id);
      }
    }
    return ids;
  }

  private static boolean isByteLevel(JsonNode tokenizer) {
    TreeSet<String> parts = new TreeSet<>();
    for (String part : new String[] {"normalizer", "pre_tokenizer", "decoder"}) {
      tokenizer.path(part).findValues("type").forEach(type -> parts.add(type.asText()));
    }
    if (parts.contains("ByteLevel")) {
      return true;
    }
    boolean pieces = parts.contains("Metaspace") || parts.contains("ByteFallback");
    if (pieces || tokenizer.path("model").path("byte_fallback").asBoolean()) {
      return false;
    }
    throw new IllegalArgumentException(
        "tokenizer.json is neither byte-level (a ByteLevel part) nor SentencePiece-style (a Metaspace or ByteFallback part), got the parts %s and the model %s; its tokens cannot be read as bytes"
            .formatted(parts, tokenizer.path("model").path("type").asText("?")));
  }

  private void putText(int id, String token) {
    if (byteLevel) {
      byte[] read = ByteAlphabet.read(token);
      put(id, read == null ? token.getBytes(StandardCharsets.UTF_8) : read, TokenRole.TEXT);
      return;
    }
    Matcher matcher = BYTE_TOKEN.matcher(token);
    fallback[id] = matcher.matches();
    byte[] value =
        fallback[id]
            ? new byte[] {(byte) Integer.parseInt(matcher.group(1), 16)}
            : pieceBytes(token);
    put(id, value, TokenRole.TEXT);
  }

  private static byte[] pieceBytes(String piece) {
    return piece.replace('▁', ' ').getBytes(StandardCharsets.UTF_8);
  }

  private void putAdded(JsonNode token) {
    int id = token.path("id").asInt();
    String content = token.path("content").asText();
    if (token.path("special").asBoolean()) {
      put(id, NONE, TokenRole.OTHER);
    } else { // stands in the text as it is
      byte[] raw = byteLevel ? content.getBytes(StandardCharsets.UTF_8) : pieceBytes(content);
      put(id, raw, TokenRole.TEXT);
    }
  }

  private void putSpecials() {
    specials.pad().ifPresent(this::putSpecial);
    specials.bos().ifPresent(this::putSpecial);
    specials.eos().ifPresent(this::putSpecial);
  }

  private void putSpecial(String token) {
    put(ids.get(token), NONE, specials.role(token));
  }

  private void put(int id, byte[] value, TokenRole role) {
    bytes[id] = value;
    roles[id] = role;
  }

  int size() {
    return bytes.length;
  }

  boolean isByteLevel() {
    return byteLevel;
  }

  SpecialTokens specials() {
    return specials;
  }

  /** The id of a token that the vocabulary holds. */
  int id(String token) {
    return ids.get(token);
  }

  /** The table's own array; ids past the end are empty. */
  byte[] bytes(int id) {
    return id < bytes.length ? bytes[id] : NONE;
  }

  TokenRole role(int id) {
    return id < roles.length ? roles[id] : TokenRole.OTHER;
  }

  /** Whether the token is {@code <0xHH>}: a byte that no other piece of the text holds. */
  boolean isByteFallback(int id) {
    return id < fallback.length && fallback[id];
  }

  boolean sameAs(TokenTable other) {
    return Arrays.deepEquals(bytes, other.bytes) && Arrays.equals(roles, other.roles);
  }
}
