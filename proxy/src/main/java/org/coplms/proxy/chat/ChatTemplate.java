package org.coplms.proxy.chat;

import java.util.List;
import java.util.Map;

/**
 * A Jinja template that writes a conversation as one text.
 *
 * <p>It is rendered as Hugging Face's transformers do: block tags take the line that they stand on
 * with them, and the template sees {@code messages}, {@code bos_token}, {@code eos_token}, {@code
 * add_generation_prompt} and {@code raise_exception}. Times and dates it does not see: equal
 * conversations have equal texts.
 *
 * @param name names the template in errors
 * @param bosToken the text of BOS; empty for none
 * @param eosToken the text of EOS; empty for none
 */
public record ChatTemplate(String name, String source, String bosToken, String eosToken) {

  /**
   * The text of a conversation.
   *
   * @param addGenerationPrompt whether what begins the assistant's next message follows
   * @throws ChatTemplateException when the template refuses the conversation, or uses what is not
   *     supported
   */
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    List<Map<String, Object>> conversation =
        messages.stream()
            .map(m -> Map.<String, Object>of("role", m.role(), "content", m.content()))
            .toList();
    return Jinja.render(
        name,
        source,
        Map.of(
            "messages", conversation,
            "bos_token", bosToken,
            "eos_token", eosToken,
            "add_generation_prompt", addGenerationPrompt));
  }
}
