package org.coplms.proxy.tokenizer;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How a prompt and its response become one text: prompt, separator, response.
 *
 * <p>Both sides of the separator are tokenized on their own, so that no token spans the boundary.
 */
public record TextFormat(String separator) implements Serializable {
  /** A line for the prompt, then the response. */
  public static final TextFormat LINES = new TextFormat("\n");

  public TextFormat {
    if (separator.isEmpty()) {
      throw new IllegalArgumentException(
          "The separator between prompt and response is empty; use one that no prompt contains, as a newline");
    }
  }

  /** The ids that a model continues with a response: BOS where there is one, prompt, separator. */
  public int[] promptIds(LmTokenizer tokenizer, String prompt) {
    return IntStream.concat(
            tokenizer.bosId().stream(), Arrays.stream(tokenizer.encode(prompt + separator)))
        .toArray();
  }

  /** The ids of a response, without EOS. */
  public int[] responseIds(LmTokenizer tokenizer, String response) {
    return tokenizer.encode(response);
  }
}
