package org.coplms.proxy.cotune;

import java.util.HashSet;
import java.util.Set;
import org.coplms.proxy.train.BatchLabel;
import org.coplms.proxy.train.Trainee;

/**
 * Whether the peer's knowledge moves a model at all: the norms of the gradients that λ · T² · KL
 * alone and (1 − λ) · CE alone give to the trained tensors, before clipping.
 *
 * <p>They cost two more backward passes, so they are taken once a round for each model and kind of
 * batch: on the first batch on which the peer counts. Rows are {@code kd-gradient-norm-<model>} and
 * {@code ce-gradient-norm-<model>}. Learning itself is not changed by a bit.
 */
final class GradientHealth {
  private final String place;
  private final Metrics metrics;
  private final Set<String> measured = new HashSet<>();

  /**
   * @param place round and device, for errors
   */
  GradientHealth(String place, Metrics metrics) {
    this.place = place;
    this.metrics = metrics;
  }

  /**
   * Measures the round's first such batch, before its loss is differentiated and while no gradient
   * has been left at the tensors; does nothing for later ones or without a peer.
   *
   * @param stage of the rows
   * @param model of the rows, such as {@code slm}
   * @throws DistillationException when the KL's gradient is exactly 0
   */
  void check(String stage, String model, MutualLoss loss, Trainee tensors, BatchLabel batch) {
    if (loss.kl().isEmpty() || !measured.add(stage + "/" + model)) {
      return;
    }
    double knowledge = tensors.gradientNorm(loss.weightedKl());
    double text = tensors.gradientNorm(loss.weightedCrossEntropy());
    metrics.observe(stage, "kd-gradient-norm-" + model, knowledge);
    metrics.observe(stage, "ce-gradient-norm-" + model, text);
    if (knowledge == 0) {
      throw new DistillationException(
          ("%s: %s: the peer's knowledge has weight %s in the objective of the %s, but its gradient is exactly 0"
                  + " (that of the text is %s): nothing is distilled. Let the trained tensors reach the model's"
                  + " output, and the peer's top-k tokens map into its vocabulary, or set this lambda to 0")
              .formatted(place, batch, loss.lambda(), model, text));
    }
  }
}
