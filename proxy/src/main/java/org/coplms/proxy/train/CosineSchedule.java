package org.coplms.proxy.train;

import java.io.Serializable;

/**
 * Linear warm-up under half a cosine down to a share of the peak (Loshchilov and Hutter 2017).
 *
 * <p>lr · min(1, (step + 1) / w) · (f + (1 − f) · (1 + cos πp) / 2).
 *
 * @param warmupSteps w, steps that climb; 0 for none
 * @param finalFraction f, the share at the end, 0 to 1; 1 for a constant rate
 */
public record CosineSchedule(int warmupSteps, double finalFraction) implements Serializable {

  public CosineSchedule {
    if (warmupSteps < 0 || !(finalFraction >= 0 && finalFraction <= 1)) {
      throw new IllegalArgumentException(
          "A schedule needs warm-up steps >= 0 and a final fraction in 0..1, got %d and %s"
              .formatted(warmupSteps, finalFraction));
    }
  }

  /**
   * The learning rate of one step.
   *
   * @param learningRate the peak
   * @param step steps taken before this one
   * @param progress p, share of the whole course that is done; beyond 0..1 counts as its end
   */
  public double at(double learningRate, long step, double progress) {
    double warmth = step < warmupSteps ? (step + 1.0) / warmupSteps : 1;
    double share = Math.max(0, Math.min(1, progress));
    double cosine = (1 + Math.cos(Math.PI * share)) / 2;
    return learningRate * warmth * (finalFraction + (1 - finalFraction) * cosine);
  }
}
