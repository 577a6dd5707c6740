package org.coplms.dataprep.files;

import java.io.Serializable;
import java.util.List;

/** How long an example is for each of several tokenizers. */
public interface TextLengths extends Serializable {
  /** The tokenizers' names, for messages. */
  List<String> names();

  /** Tokens of a prompt with its response, in the order of {@link #names}. */
  int[] tokens(String prompt, String response);
}
