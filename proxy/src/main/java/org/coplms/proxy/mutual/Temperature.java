package org.coplms.proxy.mutual;

import ai.djl.ndarray.NDArray;
import org.coplms.proxy.tensor.Scalars;

/** Softened distributions. */
final class Temperature {
  private Temperature() {}

  /**
   * ln softmax(logits / T) over the last axis.
   *
   * @return owned by the manager of {@code logits}
   */
  static NDArray logSoftmax(NDArray logits, double temperature) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("Temperature must be positive, got " + temperature);
    }
    NDArray softened = temperature == 1 ? logits : Scalars.times(logits, 1 / temperature);
    return softened.logSoftmax(-1);
  }
}
