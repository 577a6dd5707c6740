package org.coplms.proxy.lm;

import java.io.Serializable;

/**
 * The rotation of queries and keys by position (Su et al. 2021); without effect in families whose
 * positions are not rotary.
 *
 * @param theta base of the angles
 * @param share of a head's values that are rotated, 0 &lt; share ≤ 1: the first ones
 */
public record Rope(double theta, double share, RopeScaling scaling) implements Serializable {
  private static final long serialVersionUID = 1L;
  static final double DEFAULT_THETA = 10_000;

  /** Whole heads, no scaling. */
  public static final Rope PLAIN = new Rope(DEFAULT_THETA, 1, new RopeScaling.None());

  /** Checks the ranges. */
  public Rope {
    if (!(theta > 0) || Double.isInfinite(theta)) {
      throw new IllegalArgumentException("rope_theta must be positive, got " + theta);
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The share of a head that is rotated must be in (0, 1], got " + share);
    }
  }

  /** R: how many of a head's D values are rotated. */
  int dims(int headDim) {
    return (int) (headDim * share);
  }

  /** Angles per position of the R/2 pairs; the i-th is theta^(−2i/R), then scaled. */
  float[] frequencies(int headDim) {
    int dims = dims(headDim);
    float[] frequencies = new float[dims / 2];
    for (int i = 0; i < frequencies.length; i++) {
      // float32 as in Hugging Face, whose checkpoints were trained with these roundings
      float plain = (float) (1 / Math.pow(theta, 2.0 * i / dims));
      frequencies[i] = (float) scaling.frequency(plain, i, dims, theta);
    }
    return frequencies;
  }
}
