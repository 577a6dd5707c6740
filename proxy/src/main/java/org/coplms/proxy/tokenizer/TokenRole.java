package org.coplms.proxy.tokenizer;

/** What a token stands for; only {@link #TEXT} tokens have bytes. */
public enum TokenRole {
  /** A piece of text. */
  TEXT,
  /** Begins a sequence. */
  BOS,
  /** Ends a sequence; also a token that is both the first and the last, as GPT-2's. */
  EOS,
  /** Fills a row of a batch. */
  PAD,
  /** Any other special token, the unknown token, or an id without a token. */
  OTHER
}
