package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The bytes and the role of every token of a {@code tokenizer.json}.
 *
 * <p>Byte-level vocabularies are read through the inverse of {@link ByteAlphabet}; in
 * SentencePiece-style ones {@code ▁} is a space and {@code <0xHH>} that byte. Special tokens, the
 * unknown token and ids without a token are empty.
 */
final class TokenTable {
  private static final byte[] NONE = {};

  private final byte[][] bytes;
  private final TokenRole[] roles;
  private final boolean[] fallback;
  private final VocabularyKind kind;
  private final SpecialTokens specials;
  private final Map<String, Integer> ids;
  private final SortedSet<String> specialContents = new TreeSet<>();
  private int unknownId = -1;

  private TokenTable(Map<String, Integer> ids, VocabularyKind kind, SpecialTokens specials) {
    int size = 1 + ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    this.ids = ids;
    this.kind = kind;
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
   * @throws IllegalArgumentException when the vocabulary is of neither kind, or a named token is
   *     not in it
   */
  static TokenTable read(JsonFiles files) {
    JsonNode tokenizer = files.tokenizer();
    Map<String, Integer> ids = vocabulary(tokenizer.path("model").path("vocab"));
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("tokenizer.json has no model.vocab");
    }
    JsonNode added = tokenizer.path("added_tokens");
    Map<String, Integer> all = new HashMap<>(ids);
    added.forEach(token -> all.put(token.path("content").asText(), token.path("id").asInt()));

    TokenTable table =
        new TokenTable(all, VocabularyKind.of(tokenizer), SpecialTokens.find(files, all));
    ids.forEach((token, id) -> table.putText(id, token));
    added.forEach(token -> table.putAdded(token, tokenizer.path("normalizer")));
    table.putUnknown(tokenizer.path("model"), ids);
    table.putSpecials();
    table.putEnds(files.generation().path("eos_token_id"));
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

  private void putText(int id, String token) {
    fallback[id] = kind.isByteFallback(token);
    put(id, kind.bytes(token), TokenRole.TEXT);
  }

  private void putAdded(JsonNode token, JsonNode normalizer) {
    int id = token.path("id").asInt();
    if (token.path("special").asBoolean()) {
      specialContents.add(token.path("content").asText());
      put(id, NONE, TokenRole.OTHER);
    } else { // stands in the text as it is
      put(id, kind.textBytes(AddedText.of(token, normalizer)), TokenRole.TEXT);
    }
  }

  private void putUnknown(JsonNode model, Map<String, Integer> vocabulary) {
    int id = vocabulary.getOrDefault(model.path("unk_token").asText(""), -1);
    int unknown = model.path("unk_id").asInt(id); // Unigram names it by id
    if (unknown >= 0 && unknown < bytes.length) {
      unknownId = unknown;
      putEmpty(unknown, TokenRole.OTHER);
    }
  }

  private void putSpecials() {
    specials.pad().ifPresent(this::putSpecial);
    specials.bos().ifPresent(this::putSpecial);
    specials.eos().ifPresent(this::putSpecial);
  }

  private void putSpecial(String token) {
    specialContents.add(token);
    put(ids.get(token), NONE, specials.role(token));
  }

  /** Further ends of a text, as chat models have: one id or a list. */
  private void putEnds(JsonNode eosTokenId) {
    for (JsonNode id : eosTokenId.isArray() ? eosTokenId : JsonFiles.listOf(eosTokenId)) {
      if (!id.canConvertToInt() || id.asInt() < 0 || id.asInt() >= bytes.length) {
        throw new IllegalArgumentException(
            "%s names eos_token_id %s, but tokenizer.json has the ids 0 to %d; correct it there"
                .formatted(TokenizerFiles.GENERATION, id, bytes.length - 1));
      }
      putEmpty(id.asInt(), TokenRole.EOS);
    }
  }

  private void putEmpty(int id, TokenRole role) {
    put(id, NONE, role);
    ids.entrySet().stream()
        .filter(entry -> entry.getValue() == id)
        .forEach(entry -> specialContents.add(entry.getKey()));
  }

  private void put(int id, byte[] value, TokenRole role) {
    bytes[id] = value;
    roles[id] = role;
  }

  boolean isSpecial(int id) {
    return role(id) != TokenRole.TEXT && id != unknownId;
  }

  int size() {
    return bytes.length;
  }

  boolean isByteLevel() {
    return kind.byteLevel();
  }

  SpecialTokens specials() {
    return specials;
  }

  /** The contents of all tokens that stand for no text, the unknown one among them. */
  SortedSet<String> specialContents() {
    return specialContents;
  }

  /** Ids that end a text, ascending. */
  int[] ends() {
    return IntStream.range(0, roles.length).filter(id -> roles[id] == TokenRole.EOS).toArray();
  }

  /** All tokens' ids by content. */
  Map<String, Integer> ids() {
    return ids;
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
