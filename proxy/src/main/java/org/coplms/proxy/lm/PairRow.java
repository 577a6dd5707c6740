package org.coplms.proxy.lm;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.PromptEnd;

/** A prompt that is drawn until it ends with the separator, and then its most probable response. */
final class PairRow extends DecodingRow {
  private static final char MALFORMED = '\uFFFD';

  private final LmTokenizer tokenizer;
  private final PromptEnd end;
  private final String spaces;
  private byte[] tail = {};
  private int promptEnd;
  private int promptLength;
  private double logProbs;
  private State state = State.PROMPT;

  private enum State {
    PROMPT,
    RESPONSE,
    CLOSED,
    ABANDONED
  }

  /**
   * A pair that begins with {@code prefix}.
   *
   * @param spaces what of the format's prefix the prompt begins with
   */
  PairRow(
      int[] prefix,
      int limit,
      LmTokenizer tokenizer,
      PromptEnd end,
      String spaces,
      SplittableRandom random) {
    super(prefix, limit, random);
    this.tokenizer = tokenizer;
    this.end = end;
    this.spaces = spaces;
  }

  @Override
  boolean samples() {
    return state == State.PROMPT;
  }

  @Override
  boolean isDone() {
    return state == State.CLOSED || state == State.ABANDONED || isFull();
  }

  @Override
  void accept(int id, float logProb) {
    if (state == State.RESPONSE) {
      acceptResponse(id, logProb);
      return;
    }
    if (endsPrompt(id)) {
      closePrompt(id);
    } else if (tokenizer.isEnd(id) || end.closesWith(id)) {
      state = State.ABANDONED;
    } else {
      append(id);
    }
  }

  private boolean endsPrompt(int id) {
    byte[] token = tokenizer.tokenBytes(id);
    byte[] joined = Arrays.copyOf(tail, tail.length + token.length);
    System.arraycopy(token, 0, joined, tail.length, token.length);
    int start = Math.max(0, joined.length - end.length());
    tail = Arrays.copyOfRange(joined, start, joined.length);
    return end.isReached(tail, id);
  }

  /** The next token of a response, which also ends where the user's part does. */
  private void acceptResponse(int id, float logProb) {
    logProbs += logProb;
    if (tokenizer.isEnd(id) || end.closesWith(id)) {
      state = State.CLOSED;
    } else {
      append(id);
    }
  }

  /** Gives the separator's special tokens and what follows them. */
  private void closePrompt(int id) {
    if (end.closing().length == 0) {
      append(id);
      promptEnd = length();
    } else {
      promptEnd = length();
      for (int closing : end.closing()) {
        append(closing);
      }
    }
    promptLength = length();
    state = State.RESPONSE;
  }

  /** The pair; empty when it never closed, a side is empty, or the bytes are no UTF-8. */
  Optional<GeneratedPair> pair() {
    if (state != State.CLOSED || length() == promptLength) {
      return Optional.empty();
    }
    String prompt = prompt();
    String response = tokenizer.decode(ids(promptLength, length()));
    if (prompt.isEmpty() || response.isEmpty() || isMalformed(prompt) || isMalformed(response)) {
      return Optional.empty();
    }
    int tokens = length() - promptLength + 1; // EOS is counted
    return Optional.of(new GeneratedPair(prompt, response, logProbs / tokens));
  }

  private String prompt() {
    String withEnd = tokenizer.decode(ids(givenLength(), promptEnd));
    String prompt = withEnd.substring(0, Math.max(0, withEnd.length() - end.text().length()));
    return prompt.startsWith(spaces) ? prompt.substring(spaces.length()) : prompt;
  }

  private static boolean isMalformed(String text) {
    return text.indexOf(MALFORMED) >= 0;
  }
}
