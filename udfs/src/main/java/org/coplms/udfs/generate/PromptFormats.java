package org.coplms.udfs.generate;

import org.coplms.proxy.tokenizer.AutoFormat;
import org.coplms.proxy.tokenizer.ChatFormat;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TextFormat;

/** How prompts are written for a model, by name. */
public final class PromptFormats {
  /** The model's chat template where it has one, otherwise {@code lines}. */
  public static final String AUTO = "auto";

  private PromptFormats() {}

  /**
   * {@code auto}, {@code chat}, {@code lines} (the prompt on a line of its own), {@code plain} (the
   * response continues the prompt), or a template with {@code {prompt}} in it.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static PromptFormat named(String name) {
    return switch (name) {
      case AUTO -> new AutoFormat();
      case "chat" -> new ChatFormat("");
      case "lines" -> TextFormat.LINES;
      case "plain" -> TextFormat.PLAIN;
      default -> {
        if (!name.contains(TextFormat.PROMPT)) {
          throw new IllegalArgumentException(
              "The prompt format must be auto, chat, lines, plain or a template with %s in it, got '%s'"
                  .formatted(TextFormat.PROMPT, name));
        }
        yield TextFormat.ofTemplate(name);
      }
    };
  }
}
