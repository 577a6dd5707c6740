package org.coplms.dataprep.files;

import java.io.Serializable;
import java.util.Optional;
import org.coplms.dataprep.PreparationException;

/** Refuses cleaned texts that are empty or longer than {@link Cleaning} allows. */
final class LengthLimits implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int maxPromptChars;
  private final int maxResponseChars;
  private final int maxTokens;

  /** Null where tokens are not limited: an Optional is not serializable. */
  private final TextLengths lengths;

  LengthLimits(Cleaning cleaning, Optional<TextLengths> lengths) {
    maxPromptChars = cleaning.maxPromptChars();
    maxResponseChars = cleaning.maxResponseChars();
    maxTokens = cleaning.maxTokens();
    if (maxTokens > 0 && lengths.isEmpty()) {
      throw new PreparationException(
          "cleaning.max-tokens = %d needs tokenizers, and there are none here; set it to 0"
              .formatted(maxTokens));
    }
    this.lengths = maxTokens > 0 ? lengths.orElseThrow() : null;
  }

  String requirePrompt(String prompt) throws UnusableRecordException {
    return require("prompt", prompt, maxPromptChars, "max-prompt-chars");
  }

  String requireResponse(String response) throws UnusableRecordException {
    return require("response", response, maxResponseChars, "max-response-chars");
  }

  private static String require(String what, String text, int most, String key)
      throws UnusableRecordException {
    if (text.isEmpty()) {
      throw new UnusableRecordException(
          Reason.EMPTY, "the %s is empty; give it a text or remove the record".formatted(what));
    }
    if (most > 0 && text.codePointCount(0, text.length()) > most) {
      throw new UnusableRecordException(
          Reason.TOO_LONG,
          "the %s has %d characters, more than cleaning.%s = %d"
              .formatted(what, text.codePointCount(0, text.length()), key, most));
    }
    return text;
  }

  void requireTokens(String prompt, String response) throws UnusableRecordException {
    if (lengths == null) {
      return;
    }
    int[] tokens = lengths.tokens(prompt, response);
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] > maxTokens) {
        throw new UnusableRecordException(
            Reason.TOO_LONG,
            "prompt and response are %d tokens for '%s', more than cleaning.max-tokens = %d"
                .formatted(tokens[i], lengths.names().get(i), maxTokens));
      }
    }
  }
}
