package org.coplms.dataprep.card;

import java.util.List;

/** Lengths of prompts and responses in characters, and of both in each tokenizer's tokens. */
public record TextSummary(List<LengthSummary> lengths, List<TokenizerSummary> tokenizers) {
  public TextSummary {
    lengths = List.copyOf(lengths);
    tokenizers = List.copyOf(tokenizers);
  }
}
