package org.coplms.proxy.mutual;

import ai.djl.ndarray.NDArray;
import org.coplms.proxy.tensor.Scalars;

/** The mutual objective. */
public final class Objective {
  private Objective() {}

  /**
   * (1 − λ) · CE + λ · T² · KL; the factor T² keeps the gradient of a softened KL comparable
   * (Hinton et al. 2015).
   *
   * @return shape (), owned by the manager of {@code crossEntropy}
   */
  public static NDArray mix(NDArray crossEntropy, NDArray kl, double lambda, double temperature) {
    NDArray supervised = Scalars.times(crossEntropy, 1 - lambda);
    return supervised.add(Scalars.times(kl, lambda * temperature * temperature));
  }
}
