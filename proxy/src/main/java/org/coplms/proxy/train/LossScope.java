package org.coplms.proxy.train;

/** Which tokens a cross-entropy counts. */
public enum LossScope {
  /** Response tokens and the end of the text. */
  RESPONSE,
  /** Prompt and response: the model then also learns to ask, which rehearsal needs. */
  TEXT
}
