package org.coplms.dataprep.duplicates;

import java.io.Serializable;

/**
 * The test "Jaccard similarity |A∩B| / |A∪B| ≥ threshold" on sets of ascending numbers, decided as
 * the division in doubles decides it.
 */
final class Overlap implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double threshold;

  /**
   * @param threshold above 0, at most 1
   */
  Overlap(double threshold) {
    this.threshold = threshold;
  }

  boolean reached(int[] a, int[] b) {
    int needed = needed(a.length, b.length);
    int sparedA = a.length - needed;
    int sparedB = b.length - needed;
    if (sparedA < 0 || sparedB < 0) {
      return false;
    }
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
        if (--sparedA < 0) {
          return false;
        }
      } else {
        j++;
        if (--sparedB < 0) {
          return false;
        }
      }
    }
    return a.length - i <= sparedA && b.length - j <= sparedB;
  }

  /** Fewest common elements with which sets of these sizes reach the threshold. */
  int needed(int sizeA, int sizeB) {
    int sum = sizeA + sizeB;
    int common = Math.max(1, (int) Math.ceil(threshold * sum / (1 + threshold)) - 1);
    while (!suffices(common, sum)) {
      common++;
    }
    return common;
  }

  /** Whether so many common elements reach the threshold, given the sum of the sets' sizes. */
  boolean suffices(int common, int sum) {
    return (double) common / (sum - common) >= threshold;
  }

  /** Fewest elements that a set of this size has in common with any set that it reaches. */
  int neededOfAny(int size) {
    int common = Math.max(1, (int) Math.ceil(threshold * size) - 1);
    while ((double) common / size < threshold) {
      common++;
    }
    return common;
  }
}
