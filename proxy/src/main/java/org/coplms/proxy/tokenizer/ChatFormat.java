package org.coplms.proxy.tokenizer;

import org.coplms.proxy.chat.ChatTemplate;

/**
 * Every model's own chat template, with one message of the user and the assistant's answer.
 *
 * @param system the system's message before it; empty for none, and for what the template puts
 *     there by itself
 */
public record ChatFormat(String system) implements PromptFormat {
  private static final long serialVersionUID = 1L;

  @Override
  public TextFormat of(LmTokenizer tokenizer) {
    return tokenizer.chatFormat(system, key -> TextFormat.ofChat(template(tokenizer), key));
  }

  private static ChatTemplate template(LmTokenizer tokenizer) {
    return tokenizer
        .chatTemplate()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "A model's tokenizer has no chat template (chat_template in tokenizer_config.json, or chat_template.jinja), and text.format = chat needs one for every model; use text.format = template or lines, or an instruction-tuned checkpoint"));
  }
}
