package org.coplms.dataprep.duplicates;

import java.io.Serializable;

/**
 * How MinHash values become buckets: two texts are candidates when all values of at least one band
 * are equal, which at similarity s has probability 1 − (1 − s^rows)^bands.
 *
 * @param bands OR over bands
 * @param rows AND over the values of a band
 */
record Bands(int bands, int rows) implements Serializable {
  /**
   * Probability that a pair at the threshold is a candidate, at least: 0.98 and what {@link
   * Sketches} may lose.
   */
  static final double RECALL = 0.98 + Sketches.LOSS;

  private static final int MOST_HASHES = 64;

  Bands {
    if (bands < 1 || rows < 1) {
      throw new IllegalArgumentException(
          "numBands and rowsPerBand must be at least 1, got %d and %d".formatted(bands, rows));
    }
  }

  /**
   * The most values in a band, hence the fewest false candidates, with which {@link #RECALL} at the
   * threshold takes at most 64 hash functions; one in a band where none does.
   */
  static Bands of(double threshold) {
    int rows = MOST_HASHES;
    while (rows > 1 && rows * needed(threshold, rows) > MOST_HASHES) {
      rows--;
    }
    return new Bands((int) needed(threshold, rows), rows);
  }

  /** Fewest bands with that recall. */
  private static double needed(double threshold, int rows) {
    double equal = Math.pow(threshold, rows);
    return Math.max(1, Math.ceil(Math.log(1 - RECALL) / Math.log1p(-equal)));
  }

  int hashes() {
    return bands * rows;
  }

  /** Probability that a pair of this similarity is a candidate. */
  double recall(double similarity) {
    return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
  }

  /** One bucket for each band, a hash of the band's number and values. */
  long[] buckets(int[] hashes) {
    long[] buckets = new long[bands];
    for (int band = 0; band < bands; band++) {
      long bucket = Mix.of(band + 1L);
      for (int row = 0; row < rows; row++) {
        bucket = Mix.of(bucket ^ hashes[band * rows + row]);
      }
      buckets[band] = bucket;
    }
    return buckets;
  }
}
