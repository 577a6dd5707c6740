package org.coplms.dataprep.card;

import org.coplms.dataprep.files.TextLengths;

/** The models' tokenizers, as far as data preparation looks at texts with them. */
public interface Tokenizers extends TextLengths {
  /** A new count of what the tokenizers make of texts. */
  Coverage coverage();
}
