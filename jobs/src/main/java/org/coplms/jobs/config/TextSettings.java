package org.coplms.jobs.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.coplms.proxy.tokenizer.ChatFormat;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TextFormat;

/**
 * How prompt and response become one text.
 *
 * @param separator between prompt and response, with LINES
 * @param template the text up to the response with {prompt} in it, with TEMPLATE
 * @param system the system's message, with CHAT
 */
public record TextSettings(
    Format format, String separator, Optional<String> template, Optional<String> system) {

  /** Ways to write a text. */
  public enum Format {
    /** Prompt, separator, response. */
    LINES,
    /** Each model's own chat template. */
    CHAT,
    /** One template for all models. */
    TEMPLATE
  }

  public TextSettings {
    if (template.isPresent() != (format == Format.TEMPLATE)) {
      throw new IllegalArgumentException(
          format == Format.TEMPLATE
              ? "format = template needs template, the text up to the response with %s in it"
                  .formatted(TextFormat.PROMPT)
              : "template is for format = template only, got format = %s; set that or leave template out"
                  .formatted(KebabCase.ofConstant(format)));
    }
    if (system.isPresent() && format != Format.CHAT) {
      throw new IllegalArgumentException(
          "system is for format = chat only, got format = %s; set that or leave system out"
              .formatted(KebabCase.ofConstant(format)));
    }
    promptFormat(format, separator, template, system); // refuses what no text can be made of
  }

  /** The format of all texts. */
  public PromptFormat promptFormat() {
    return promptFormat(format, separator, template, system);
  }

  private static PromptFormat promptFormat(
      Format format, String separator, Optional<String> template, Optional<String> system) {
    return switch (format) {
      case LINES -> new TextFormat(separator);
      case CHAT -> new ChatFormat(system.orElse(""));
      case TEMPLATE -> TextFormat.ofTemplate(template.orElseThrow());
    };
  }

  /** What stands between prompt and response in the texts that tokenizers are trained on. */
  public String trainingSeparator() {
    return promptFormat() instanceof TextFormat text ? text.separator() : separator;
  }

  /** What a trained model depends on; of LINES as before there were other formats. */
  public ObjectNode key() {
    ObjectNode tree = ConfigJson.tree(this);
    return format == Format.LINES ? ConfigJson.without(tree, List.of("format")) : tree;
  }
}
