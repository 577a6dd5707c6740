package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.coplms.proxy.chat.ChatTemplate;

/** Where a checkpoint keeps its chat template. */
final class ChatTemplates {
  private static final String KEY = "chat_template";
  private static final String DEFAULT = "default";

  private ChatTemplates() {}

  /**
   * The template for plain conversations: {@code chat_template.jinja}; else the one text of {@code
   * tokenizer_config.json}; else of its named ones the one called {@code default}, or the only one.
   *
   * @throws IllegalArgumentException when there are several and none is the default
   */
  static Optional<ChatTemplate> find(String file, JsonNode config, SpecialTokens specials) {
    if (!file.isEmpty()) {
      return Optional.of(template(TokenizerFiles.CHAT_TEMPLATE, file, specials));
    }
    JsonNode value = config.path(KEY);
    if (value.isTextual()) {
      return Optional.of(template(KEY, value.asText(), specials));
    }
    Map<String, String> named = new LinkedHashMap<>();
    value.forEach(one -> named.put(one.path("name").asText(), one.path("template").asText()));
    if (named.isEmpty()) {
      return Optional.empty();
    }
    String name = named.size() == 1 ? named.keySet().iterator().next() : DEFAULT;
    if (!named.containsKey(name)) {
      throw new IllegalArgumentException(
          "tokenizer_config.json has the chat templates %s and none named '%s'; name the one to use so"
              .formatted(named.keySet(), DEFAULT));
    }
    return Optional.of(template(KEY + " '" + name + "'", named.get(name), specials));
  }

  private static ChatTemplate template(String name, String source, SpecialTokens specials) {
    return new ChatTemplate(name, source, specials.bos().orElse(""), specials.eos().orElse(""));
  }
}
