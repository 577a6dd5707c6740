package org.coplms.proxy.tokenizer;

import java.io.Serializable;

/** How prompts and responses become texts: the same for all models, or each model's own way. */
public sealed interface PromptFormat extends Serializable
    permits TextFormat, ChatFormat, AutoFormat {

  /**
   * The format for a model's texts.
   *
   * @throws IllegalArgumentException when the model has none
   */
  TextFormat of(LmTokenizer tokenizer);
}
