package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import java.util.Optional;
import org.coplms.proxy.mutual.Objective;
import org.coplms.proxy.tensor.Scalars;

/**
 * What one model learns from a batch: (1 − λ) · CE + λ · T² · KL, or CE where no peer counts.
 *
 * @param crossEntropy shape ()
 * @param kl KL(sg[P_peer] ‖ Q_model), shape ()
 * @param lambda λ
 * @param temperature T
 */
record MutualLoss(NDArray crossEntropy, Optional<NDArray> kl, double lambda, double temperature) {

  /** The text alone. */
  static MutualLoss ofText(NDArray crossEntropy) {
    return new MutualLoss(crossEntropy, Optional.empty(), 0, 1);
  }

  static MutualLoss of(NDArray crossEntropy, NDArray kl, double lambda, double temperature) {
    return new MutualLoss(crossEntropy, Optional.of(kl), lambda, temperature);
  }

  /** The objective, shape (). */
  NDArray total() {
    return kl.map(term -> Objective.mix(crossEntropy, term, lambda, temperature))
        .orElse(crossEntropy);
  }

  /** (1 − λ) · CE, shape (). */
  NDArray weightedCrossEntropy() {
    return Scalars.times(crossEntropy, 1 - lambda);
  }

  /** λ · T² · KL, shape (). */
  NDArray weightedKl() {
    return Scalars.times(kl.orElseThrow(), lambda * temperature * temperature);
  }
}
