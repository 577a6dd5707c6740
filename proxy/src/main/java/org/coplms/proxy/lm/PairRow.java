package org.coplms.proxy.lm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.coplms.proxy.tokenizer.LmTokenizer;

/** A prompt that is drawn until it ends with the separator, and then its most probable response. */
final class PairRow extends DecodingRow {
  private static final char MALFORMED = '\uFFFD';

  private final LmTokenizer tokenizer;
  private final byte[] separator;
  private final int eosId;
  private byte[] tail = {};
  private int promptLength;
  private double logProbs;
  private State state = State.PROMPT;

  private enum State {
    PROMPT,
    RESPONSE,
    CLOSED,
    ABANDONED
  }

  PairRow(int first, int limit, LmTokenizer tokenizer, byte[] separator, SplittableRandom random) {
    super(new int[] {first}, limit, random);
    this.tokenizer = tokenizer;
    this.separator = separator;
    this.eosId = tokenizer.eosId();
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
      logProbs += logProb;
    }
    if (id == eosId) {
      state = state == State.RESPONSE ? State.CLOSED : State.ABANDONED;
      return;
    }
    append(id);
    if (state == State.PROMPT && endsPrompt(tokenizer.tokenBytes(id))) {
      promptLength = length();
      state = State.RESPONSE;
    }
  }

  private boolean endsPrompt(byte[] token) {
    byte[] joined = Arrays.copyOf(tail, tail.length + token.length);
    System.arraycopy(token, 0, joined, tail.length, token.length);
    int start = Math.max(0, joined.length - separator.length);
    tail = Arrays.copyOfRange(joined, start, joined.length);
    return Arrays.equals(tail, separator);
  }

  /** The pair; empty when it never closed, a side is empty, or the bytes are no UTF-8. */
  Optional<GeneratedPair> pair() {
    if (state != State.CLOSED || length() == promptLength) {
      return Optional.empty();
    }
    String withSeparator = tokenizer.decode(ids(givenLength(), promptLength));
    String end = new String(separator, StandardCharsets.UTF_8);
    String prompt = withSeparator.substring(0, Math.max(0, withSeparator.length() - end.length()));
    String response = tokenizer.decode(ids(promptLength, length()));
    if (prompt.isEmpty() || response.isEmpty() || isMalformed(prompt) || isMalformed(response)) {
      return Optional.empty();
    }
    int tokens = length() - promptLength + 1; // EOS is counted
    return Optional.of(new GeneratedPair(prompt, response, logProbs / tokens));
  }

  private static boolean isMalformed(String text) {
    return text.indexOf(MALFORMED) >= 0;
  }
}
