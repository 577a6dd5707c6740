package org.coplms.proxy.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.coplms.proxy.chat.ChatMessage;
import org.coplms.proxy.chat.ChatTemplate;

/**
 * How a prompt and its response become one text: prefix, prompt, separator, response, EOS.
 *
 * <p>Prefix, prompt and separator are tokenized together, the response on its own, so that no token
 * spans the boundary. Special tokens that prefix and separator spell are special tokens; what a
 * prompt or a response spells is text.
 *
 * @param prefix before the prompt; may be empty
 * @param separator between prompt and response; empty only where nothing tells them apart
 * @param addsBos whether BOS comes first, where the tokenizer has one and the prefix does not spell
 *     it
 */
public record TextFormat(String prefix, String separator, boolean addsBos) implements PromptFormat {
  /** A line for the prompt, then the response. */
  public static final TextFormat LINES = new TextFormat("\n");

  /** The prompt alone, which the response continues; no pairs can be drawn in it. */
  public static final TextFormat PLAIN = new TextFormat("", "", true);

  /** Where a template has the prompt. */
  public static final String PROMPT = "{prompt}";

  private static final long serialVersionUID = 1L;

  // Nothing that a template would change, and no word that one would look for.
  private static final String MARK = "q7Zx9promptx9Zq7";

  /**
   * Without a prefix, but with BOS.
   *
   * @param separator not empty
   */
  public TextFormat(String separator) {
    this("", separator);
  }

  /**
   * With BOS.
   *
   * @param separator not empty
   */
  public TextFormat(String prefix, String separator) {
    this(prefix, notEmpty(separator), true);
  }

  private static String notEmpty(String separator) {
    if (separator.isEmpty()) {
      throw new IllegalArgumentException(
          "The separator between prompt and response is empty; use one that no prompt contains, as a newline");
    }
    return separator;
  }

  /**
   * The format that a template such as {@code Question: {prompt}\nAnswer: } describes.
   *
   * @throws IllegalArgumentException when it does not hold {prompt} once, or ends with it
   */
  public static TextFormat ofTemplate(String template) {
    return cut(template, PROMPT, true)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The template must contain %s exactly once, and text after it that ends the prompt, got '%s'"
                        .formatted(PROMPT, template)));
  }

  /**
   * A conversation with one message of the user, as the template writes it up to where the
   * assistant answers; the template says whether it begins with BOS. The prompt stands there as it
   * is, even where the template would strip its spaces.
   *
   * @param system the system's message; empty for none
   * @throws IllegalArgumentException when the template refuses this, or does not hold the message
   *     once
   */
  public static TextFormat ofChat(ChatTemplate template, String system) {
    ChatMessage user = new ChatMessage("user", MARK);
    String text =
        template.render(
            system.isEmpty() ? List.of(user) : List.of(new ChatMessage("system", system), user),
            true);
    return cut(text, MARK, false)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The chat template %s does not write the user's message exactly once with text after it, but: '%s'; use text.format = template"
                        .formatted(template.name(), text.replace(MARK, PROMPT))));
  }

  /** {@link #ofChat(ChatTemplate, String)} without a system's message. */
  public static TextFormat ofChat(ChatTemplate template) {
    return ofChat(template, "");
  }

  private static Optional<TextFormat> cut(String text, String mark, boolean addsBos) {
    int at = text.indexOf(mark);
    int end = at + mark.length();
    boolean once = at >= 0 && text.indexOf(mark, end) < 0 && end < text.length();
    return once
        ? Optional.of(new TextFormat(text.substring(0, at), text.substring(end), addsBos))
        : Optional.empty();
  }

  @Override
  public TextFormat of(LmTokenizer tokenizer) {
    return this;
  }

  /** The ids that a model continues with a response: BOS where there is one, prompt, separator. */
  public int[] promptIds(LmTokenizer tokenizer, String prompt) {
    return withBos(tokenizer, tokenizer.encodeWithin(prefix, prompt, separator));
  }

  /**
   * The ids that a model continues with a prompt: BOS where there is one, and the prefix but for
   * spaces at its end, which belong to the prompt's first token; EOS where that would be nothing.
   */
  public int[] prefixIds(LmTokenizer tokenizer) {
    int[] ids =
        withBos(tokenizer, tokenizer.encodeWithin(prefix.substring(0, spacesFrom()), "", ""));
    return ids.length == 0 ? new int[] {tokenizer.eosId()} : ids;
  }

  /** The spaces that {@link #prefixIds} leaves out. */
  public String prefixSpaces() {
    return prefix.substring(spacesFrom());
  }

  private int spacesFrom() {
    int end = prefix.length();
    while (end > 0 && prefix.charAt(end - 1) == ' ') {
      end--;
    }
    return end;
  }

  private int[] withBos(LmTokenizer tokenizer, int[] ids) {
    boolean absent =
        addsBos
            && tokenizer.bosId().isPresent()
            && (prefix.isEmpty() || ids.length == 0 || ids[0] != tokenizer.bosId().getAsInt());
    return absent
        ? IntStream.concat(tokenizer.bosId().stream(), Arrays.stream(ids)).toArray()
        : ids;
  }

  /** The ids of a response, without EOS. */
  public int[] responseIds(LmTokenizer tokenizer, String response) {
    return tokenizer.encode(response);
  }

  /**
   * Where a drawn prompt ends.
   *
   * @throws IllegalArgumentException when the separator is empty
   */
  public PromptEnd promptEnd(LmTokenizer tokenizer) {
    return PromptEnd.of(notEmpty(separator), tokenizer);
  }

  /**
   * Whether the tokens spell the prompt, so that no letter of it is lost.
   *
   * @param promptIds what {@link #promptIds} gave
   */
  boolean spells(LmTokenizer tokenizer, String prompt, int[] promptIds) {
    if (!prefix.isEmpty() || !addsBos || tokenizer.spellsSpecial(separator)) {
      return tokenizer.byteEnds(prompt, tokenizer.encode(prompt)).isPresent();
    }
    int start = tokenizer.bosId().isPresent() ? 1 : 0;
    int[] text = Arrays.copyOfRange(promptIds, start, promptIds.length);
    return tokenizer.byteEnds(prompt + separator, text).isPresent();
  }
}
