package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import org.coplms.proxy.tensor.Scalars;

/** Negative log-likelihood of the labels, in nats per token. */
public final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * Mean of −ln softmax(logits)[label].
   *
   * @param logits (N, V), counted positions only; N = 0 gives 0 with gradient 0
   * @param labels (N) int64 in memory that torch owns
   * @return scalar, owned by the manager of {@code logits}
   */
  public static NDArray loss(NDArray logits, NDArray labels) {
    return loss(logits, labels, logits.getShape().get(0));
  }

  /**
   * Sum of −ln softmax(logits)[label] over {@code count}: the share of one part of a batch of
   * {@code count} positions, so that losses and gradients of the parts add up to the whole's.
   */
  public static NDArray loss(NDArray logits, NDArray labels, long count) {
    if (logits.getShape().get(0) == 0) {
      return logits.sum();
    }
    return Scalars.times(logLikelihood(logits, labels).sum(), -1.0 / count);
  }

  /** ln softmax(logits)[label] of each position, (N); owned by the manager of {@code logits}. */
  public static NDArray logLikelihood(NDArray logits, NDArray labels) {
    NDArray logP = logits.logSoftmax(-1); // (N, V)
    return logP.gather(labels.expandDims(1), 1).squeeze(1); // (N)
  }
}
