package org.coplms.dataprep.partition;

import java.util.Arrays;
import org.apache.commons.math3.distribution.GammaDistribution;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/** Draws of the symmetric Dirichlet distribution: Gamma(α, 1) variates over their sum. */
public final class Dirichlet {
  private final RandomGenerator random;
  private final GammaDistribution gamma;

  public Dirichlet(double alpha, long seed) {
    random = new Well19937c(seed);
    gamma = new GammaDistribution(random, alpha, 1);
  }

  /** Shares that sum to 1. */
  public double[] draw(int size) {
    double[] shares = new double[size];
    Arrays.setAll(shares, i -> gamma.sample());
    double sum = Arrays.stream(shares).sum();
    if (!(sum > 0)) {
      // Every variate of a tiny α underflowed; the limit of the distribution is one single share.
      shares[random.nextInt(size)] = 1;
      return shares;
    }
    Arrays.setAll(shares, i -> shares[i] / sum);
    return shares;
  }
}
