package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contents of the tokens that begin, end and fill a sequence; each may be absent. */
record SpecialTokens(Optional<String> bos, Optional<String> eos, Optional<String> pad) {
  private static final List<String> BOS_NAMES =
      List.of("<bos>", "<s>", "<|begin_of_text|>", "<|startoftext|>", "[BOS]");
  private static final List<String> EOS_NAMES =
      List.of("<eos>", "</s>", "<|end_of_text|>", "<|endoftext|>", "[EOS]");
  private static final List<String> PAD_NAMES =
      List.of("<pad>", "<|pad|>", "[PAD]", "<|finetune_right_pad_id|>", "<|endoftext|>");

  /**
   * What {@code tokenizer_config.json} names, where it has the key (a null there means none); else
   * what {@code special_tokens_map.json} names; else the first usual name in the vocabulary.
   *
   * @throws IllegalArgumentException when a configured token is not in the vocabulary
   */
  static SpecialTokens find(JsonFiles files, Map<String, Integer> ids) {
    return new SpecialTokens(
        find(files, "bos_token", BOS_NAMES, ids),
        find(files, "eos_token", EOS_NAMES, ids),
        find(files, "pad_token", PAD_NAMES, ids));
  }

  private static Optional<String> find(
      JsonFiles files, String key, List<String> usual, Map<String, Integer> ids) {
    if (files.config().has(key)) {
      return named(TokenizerFiles.CONFIG, key, files.config().get(key), ids);
    }
    return files.specialTokens().has(key)
        ? named(TokenizerFiles.SPECIAL_TOKENS, key, files.specialTokens().get(key), ids)
        : usual.stream().filter(ids::containsKey).findFirst();
  }

  private static Optional<String> named(
      String file, String key, JsonNode value, Map<String, Integer> ids) {
    JsonNode content = value.isObject() ? value.path("content") : value;
    if (content.isNull()) {
      return Optional.empty();
    }
    String name = content.asText();
    if (!ids.containsKey(name)) {
      throw new IllegalArgumentException(
          "%s names %s '%s', which tokenizer.json does not hold; add the token there or correct the name"
              .formatted(file, key, name));
    }
    return Optional.of(name);
  }

  TokenRole role(String token) {
    if (eos.filter(token::equals).isPresent()) {
      return TokenRole.EOS;
    }
    if (bos.filter(token::equals).isPresent()) {
      return TokenRole.BOS;
    }
    return pad.filter(token::equals).isPresent() ? TokenRole.PAD : TokenRole.OTHER;
  }

  /**
   * A {@code tokenizer_config.json} from which the same tokens are found again.
   *
   * @param given what is kept of the one that was read
   */
  ObjectNode toConfig(JsonNode given) {
    ObjectNode config = toConfig();
    given.fields().forEachRemaining(field -> config.set(field.getKey(), field.getValue()));
    return config;
  }

  /** The same with nothing else in it. */
  ObjectNode toConfig() {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("bos_token", bos.orElse(null));
    config.put("eos_token", eos.orElse(null));
    config.put("pad_token", pad.orElse(null));
    config.put("clean_up_tokenization_spaces", false);
    return config;
  }
}
