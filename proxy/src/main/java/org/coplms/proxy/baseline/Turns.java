package org.coplms.proxy.baseline;

import java.util.List;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Texts;

/** Batches of private and of shared texts, the shared ones spread evenly. */
final class Turns {
  private final Source own;
  private final Source shared;
  private final double share;
  private long taken;
  private long sharedTaken;

  /**
   * Starts at the first batch.
   *
   * @param share share of the batches that is taken from {@code shared}
   */
  Turns(Source own, Source shared, double share) {
    this.own = own;
    this.shared = shared;
    this.share = share;
  }

  /** The next batch. */
  Turn next() {
    taken++;
    boolean isShared = (long) (taken * share) > sharedTaken;
    if (isShared) {
      sharedTaken++;
    }
    return new Turn(isShared, (isShared ? shared : own).next());
  }

  /** A batch and where it comes from. */
  record Turn(boolean shared, List<TokenizedExample> texts) {}

  /** Texts with the order in which they are taken. */
  static final class Source {
    private final List<TokenizedExample> texts;
    private final int size;
    private final long seed;
    private Batches batches;

    /** {@code texts} may be empty as long as no batch is asked for. */
    Source(List<TokenizedExample> texts, int size, long seed) {
      this.texts = texts;
      this.size = size;
      this.seed = seed;
    }

    private List<TokenizedExample> next() {
      if (batches == null) {
        batches = new Batches(texts.size(), size, seed);
      }
      return Texts.pick(texts, batches.next());
    }
  }
}
