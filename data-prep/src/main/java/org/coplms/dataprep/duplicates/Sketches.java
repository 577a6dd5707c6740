package org.coplms.dataprep.duplicates;

import java.io.Serializable;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * The b-bit minwise sketch of Li and König (2010) with b = 2: two bits of each MinHash value, which
 * show, without the texts, that most texts of a bucket are unlike.
 *
 * <p>At similarity s a field of two sketches is equal with probability s + (1 − s) / 4.
 *
 * @param fields of a sketch, at most 64
 * @param mostDifferent fields of two sketches that are alike
 */
record Sketches(int fields, int mostDifferent) implements Serializable {
  /** Probability that the sketches of a pair at the threshold are not alike, at most. */
  static final double LOSS = 0.001;

  private static final double EQUAL_BY_CHANCE = 0.25;

  /** For so many hash values, of which the first 64 are used. */
  static Sketches of(int hashes, double threshold) {
    int fields = Math.min(Long.SIZE, hashes);
    double equal = threshold + (1 - threshold) * EQUAL_BY_CHANCE;
    BinomialDistribution different = new BinomialDistribution(null, fields, 1 - equal);
    return new Sketches(fields, different.inverseCumulativeProbability(1 - LOSS));
  }

  /** The lower and the higher bits of the fields. */
  long[] of(int[] hashes) {
    long low = 0;
    long high = 0;
    for (int field = 0; field < fields; field++) {
      long mixed = Mix.of(hashes[field]);
      low |= (mixed & 1) << field;
      high |= ((mixed >>> 1) & 1) << field;
    }
    return new long[] {low, high};
  }

  boolean areAlike(long low, long high, long otherLow, long otherHigh) {
    return Long.bitCount((low ^ otherLow) | (high ^ otherHigh)) <= mostDifferent;
  }
}
