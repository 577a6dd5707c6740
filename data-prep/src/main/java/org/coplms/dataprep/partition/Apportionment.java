package org.coplms.dataprep.partition;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Whole numbers in given shares. */
public final class Apportionment {
  private Apportionment() {}

  /**
   * Largest remainders (Hamilton): the counts sum to {@code total} and each is within 1 of its
   * share; of equal remainders the first wins.
   *
   * @param shares not negative, summing to 1
   */
  public static long[] of(double[] shares, long total) {
    long[] counts = new long[shares.length];
    Arrays.setAll(counts, i -> (long) Math.floor(shares[i] * total));
    long left = total - Arrays.stream(counts).sum();
    IntStream.range(0, shares.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> counts[i] - shares[i] * total))
        .limit(left)
        .forEach(i -> counts[i]++);
    return counts;
  }

  /**
   * Sizes of the runs that cuts at {@code floor(cumsum(shares)·total)} make; the last takes the
   * rest.
   */
  public static long[] cuts(double[] shares, long total) {
    return cuts(shares, total, 0);
  }

  /**
   * Sizes of the runs that cuts at {@code floor(cumsum(shares)·total + offset)} make (systematic
   * sampling): over offsets drawn uniformly each size is {@code share·total} in the mean.
   *
   * @param offset in [0, 1)
   */
  static long[] cuts(double[] shares, long total, double offset) {
    long[] sizes = new long[shares.length];
    double cumulative = 0;
    long start = 0;
    for (int i = 0; i < shares.length; i++) {
      cumulative += shares[i];
      boolean last = i == shares.length - 1;
      long end = last ? total : Math.min(total, (long) Math.floor(cumulative * total + offset));
      sizes[i] = end - start;
      start = end;
    }
    return sizes;
  }
}
