package org.coplms.proxy.lm;

import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/** A response to a given prompt. */
final class AnswerRow extends DecodingRow {
  private final IntPredicate ends;
  private final boolean samples;
  private final Hearing hearing;
  private boolean ended;

  /**
   * Who follows the response's text.
   *
   * @param row the prompt's place in the call
   */
  record Hearing(ResponseText text, int row, TextListener listener) {
    /** Takes a token; true when the response ends before it, or inside. */
    private boolean token(int id, boolean full) {
      text.append(id);
      boolean last = text.isStopped() || full;
      listener.heard(row, last ? text.rest() : text.take(), last);
      return text.isStopped();
    }

    private void end() {
      listener.heard(row, text.rest(), true);
    }
  }

  AnswerRow(int[] prompt, int limit, IntPredicate ends, boolean samples, SplittableRandom random) {
    this(prompt, limit, ends, samples, random, null);
  }

  /**
   * A response that somebody follows.
   *
   * @param hearing null where nobody does
   */
  AnswerRow(
      int[] prompt,
      int limit,
      IntPredicate ends,
      boolean samples,
      SplittableRandom random,
      Hearing hearing) {
    super(prompt, limit, random);
    this.ends = ends;
    this.samples = samples;
    this.hearing = hearing;
  }

  @Override
  boolean samples() {
    return samples;
  }

  @Override
  boolean isDone() {
    return ended || isFull();
  }

  @Override
  void accept(int id, float logProb) {
    if (ends.test(id)) {
      ended = true;
      if (hearing != null) {
        hearing.end();
      }
      return;
    }
    append(id);
    if (hearing != null) {
      ended = hearing.token(id, isFull());
    }
  }

  /** The tokens after the prompt, without the end. */
  int[] response() {
    return ids(givenLength(), length());
  }
}
