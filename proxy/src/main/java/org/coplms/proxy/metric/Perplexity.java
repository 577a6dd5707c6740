package org.coplms.proxy.metric;

import java.io.Serializable;

/**
 * Accumulates negative log-likelihoods; perplexity is exp of their mean.
 *
 * <p>All terms are ≥ 0, so nothing cancels: the relative error of the sum is that of its terms.
 *
 * @param nats Σ −ln p of the counted tokens
 * @param tokens how many were counted
 */
public record Perplexity(double nats, long tokens) implements Serializable {
  private static final long serialVersionUID = 1L;

  public static final Perplexity ZERO = new Perplexity(0, 0);

  public Perplexity {
    if (!(nats >= 0) || tokens < 0 || (tokens == 0 && nats != 0)) {
      throw new IllegalArgumentException(
          "Negative log-likelihood must be ≥ 0 over counted tokens, got %s nats over %d tokens"
              .formatted(nats, tokens));
    }
  }

  /** A batch whose loss is {@code meanNats} over {@code tokens} tokens. */
  public static Perplexity ofMean(double meanNats, long tokens) {
    return tokens == 0 ? ZERO : new Perplexity(meanNats * tokens, tokens);
  }

  /** Both together. */
  public Perplexity plus(Perplexity other) {
    return new Perplexity(nats + other.nats, Math.addExact(tokens, other.tokens));
  }

  /** Cross-entropy in nats per token; NaN for no token. */
  public double meanNats() {
    return nats / tokens;
  }

  /** exp(mean nats), ≥ 1; NaN for no token. */
  public double value() {
    return Math.exp(meanNats());
  }
}
