package org.coplms.dataprep.files;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * What happens to prompts and responses, in this order: line ends become {@code \n}; control
 * characters other than tab, unpaired surrogates and byte-order marks go; Unicode normalisation;
 * runs of spaces become one; white space goes from both ends. Then a text must not be empty, and
 * then come the limits, 0 being none.
 *
 * @param collapseSpaces whether runs of spaces and tabs become one space; line breaks stay
 * @param maxPromptChars most Unicode characters of a prompt
 * @param maxResponseChars most Unicode characters of each response
 * @param maxTokens most tokens of prompt and first response together, for every tokenizer of {@link
 *     TextLengths}
 */
public record Cleaning(
    Normalization normalization,
    boolean collapseSpaces,
    int maxPromptChars,
    int maxResponseChars,
    int maxTokens)
    implements Serializable {
  public Cleaning {
    Problems problems = new Problems();
    problems.require(normalization != null, "normalization is missing");
    problems.requireNotNegative("maxPromptChars", maxPromptChars);
    problems.requireNotNegative("maxResponseChars", maxResponseChars);
    problems.requireNotNegative("maxTokens", maxTokens);
    problems.throwIfAny();
  }

  /** NFC, spaces as they are, no limits. */
  public static Cleaning defaults() {
    return new Cleaning(Normalization.NFC, false, 0, 0, 0);
  }
}
