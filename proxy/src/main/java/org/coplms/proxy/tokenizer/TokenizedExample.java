package org.coplms.proxy.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/**
 * The tokens of a prompt and its response.
 *
 * @param key names the example
 * @param ids prompt in its format, BOS included, response, EOS unless truncated
 * @param promptLength number of ids before the response, BOS included; at least 1
 * @param responseEnds for each token of the response, EOS left out, where it ends in the response's
 *     UTF-8 bytes
 * @param truncated whether the end of the response is missing, EOS at least
 */
@SuppressWarnings("ArrayRecordComponent")
public record TokenizedExample(
    String key, int[] ids, int promptLength, int[] responseEnds, boolean truncated) {

  public TokenizedExample {
    int expected = promptLength + responseEnds.length + (truncated ? 0 : 1);
    if (promptLength < 1 || ids.length != expected) {
      throw new IllegalArgumentException(
          "Example %s: a prompt of %d tokens and a response of %d, %s, do not make %d ids"
              .formatted(
                  key,
                  promptLength,
                  responseEnds.length,
                  truncated ? "truncated" : "with EOS",
                  ids.length));
    }
  }

  /**
   * Tokenizes a prompt and its response; a response that does not fit is cut, and has no EOS then.
   *
   * @param maxTokens the most ids
   * @return empty when the tokens' bytes are not those of the texts, or when the prompt leaves no
   *     place for a token of the response: to be skipped and counted
   */
  public static Optional<TokenizedExample> of(
      String key,
      String prompt,
      String response,
      LmTokenizer tokenizer,
      PromptFormat promptFormat,
      int maxTokens) {
    TextFormat format = promptFormat.of(tokenizer);
    int[] promptIds = format.promptIds(tokenizer, prompt);
    int[] responseIds = format.responseIds(tokenizer, response);
    Optional<int[]> ends = tokenizer.byteEnds(response, responseIds);
    if (promptIds.length >= maxTokens
        || ends.isEmpty()
        || !format.spells(tokenizer, prompt, promptIds)) {
      return Optional.empty();
    }
    boolean truncated = promptIds.length + responseIds.length + 1 > maxTokens;
    int kept = truncated ? maxTokens - promptIds.length : responseIds.length;
    int[] ids = Arrays.copyOf(promptIds, promptIds.length + kept + (truncated ? 0 : 1));
    System.arraycopy(responseIds, 0, ids, promptIds.length, kept);
    if (!truncated) {
      ids[ids.length - 1] = tokenizer.eosId();
    }
    return Optional.of(
        new TokenizedExample(
            key, ids, promptIds.length, Arrays.copyOf(ends.get(), kept), truncated));
  }

  /** Number of ids. */
  public int length() {
    return ids.length;
  }

  /** Number of tokens that a model learns to produce: the response's, and EOS unless truncated. */
  public int responseLength() {
    return ids.length - promptLength;
  }
}
