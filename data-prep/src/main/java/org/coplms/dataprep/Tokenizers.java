package org.coplms.dataprep;

import org.coplms.dataprep.files.TextLengths;

/** The models' tokenizers, as far as data preparation looks at texts with them. */
public interface Tokenizers extends TextLengths {
  /** Size of a tokenizer's vocabulary, by its place in {@link #names}. */
  int vocabularySize(int tokenizer);

  /** The tokens of a text, without special ones. */
  int[] ids(int tokenizer, String text);

  /** Whether a token stands for bytes that the vocabulary has no piece for. */
  boolean isUnknown(int tokenizer, int id);
}
