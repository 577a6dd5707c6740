package org.coplms.proxy.train;

import java.io.Serializable;

/**
 * How a set of parameters is optimized.
 *
 * @param learningRate peak learning rate, positive
 * @param weightDecay decoupled weight decay, per unit of learning rate (Loshchilov and Hutter 2019)
 * @param clipNorm largest global gradient norm; {@link Double#POSITIVE_INFINITY} for no clipping
 * @param warmupSteps steps of linear warm-up
 * @param finalFraction share of the learning rate that is left at the last step, 0 to 1
 */
public record OptimizerConfig(
    double learningRate, double weightDecay, double clipNorm, int warmupSteps, double finalFraction)
    implements Serializable {

  public OptimizerConfig {
    check(learningRate > 0 && Double.isFinite(learningRate), "learning rate", learningRate, "> 0");
    check(weightDecay >= 0 && Double.isFinite(weightDecay), "weight decay", weightDecay, ">= 0");
    check(clipNorm > 0, "clip norm", clipNorm, "> 0");
    check(warmupSteps >= 0, "number of warm-up steps", warmupSteps, ">= 0");
    check(finalFraction >= 0 && finalFraction <= 1, "final fraction", finalFraction, "in 0..1");
  }

  private static void check(boolean valid, String what, double value, String limit) {
    if (!valid) {
      throw new IllegalArgumentException("The %s must be %s, got %s".formatted(what, limit, value));
    }
  }

  /**
   * The learning rate of one step; see {@link CosineSchedule}.
   *
   * @param step steps taken before this one
   * @param progress share of the whole course that is done, 0 to 1
   */
  public double learningRateAt(long step, double progress) {
    return new CosineSchedule(warmupSteps, finalFraction).at(learningRate, step, progress);
  }
}
