package org.coplms.proxy.lm;

import java.util.SplittableRandom;

/** A response to a given prompt. */
final class AnswerRow extends DecodingRow {
  private final int eosId;
  private final boolean samples;
  private boolean ended;

  AnswerRow(int[] prompt, int limit, int eosId, boolean samples, SplittableRandom random) {
    super(prompt, limit, random);
    this.eosId = eosId;
    this.samples = samples;
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
    if (id == eosId) {
      ended = true;
    } else {
      append(id);
    }
  }

  /** The tokens after the prompt, without EOS. */
  int[] response() {
    return ids(givenLength(), length());
  }
}
