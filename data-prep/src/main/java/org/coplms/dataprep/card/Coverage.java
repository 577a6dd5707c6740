package org.coplms.dataprep.card;

import java.io.Serializable;
import java.util.List;

/** What some tokenizers make of texts, summed text by text; the order of texts does not matter. */
public interface Coverage extends Serializable {
  /** Adds a text. */
  void add(String text);

  /** Adds what another one of the same tokenizers has seen. */
  void merge(Coverage other);

  /** One for each tokenizer. */
  List<TokenizerSummary> summaries();
}
