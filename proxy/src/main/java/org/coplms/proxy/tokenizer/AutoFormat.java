package org.coplms.proxy.tokenizer;

/** A model's chat template where it has one; otherwise a line for the prompt, then the response. */
public record AutoFormat() implements PromptFormat {
  private static final long serialVersionUID = 1L;

  @Override
  public TextFormat of(LmTokenizer tokenizer) {
    return tokenizer.chatTemplate().isPresent()
        ? new ChatFormat("").of(tokenizer)
        : TextFormat.LINES;
  }
}
