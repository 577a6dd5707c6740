package org.coplms.dataprep.card;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A histogram of lengths with two buckets for each doubling: bucket b counts lengths from ⌈2^(b/2)⌉
 * up to the next bucket's; lengths of 0 and 1 are in the first. Exact and additive, so that its
 * value does not depend on how the texts are parted.
 */
public final class Lengths implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int BUCKETS = 63;

  private final long[] counts = new long[BUCKETS];
  private long texts;
  private long sum;
  private int longest;

  Lengths() {}

  void add(int length) {
    counts[bucket(length)]++;
    texts++;
    sum += length;
    longest = Math.max(longest, length);
  }

  void add(Lengths other) {
    Arrays.setAll(counts, b -> counts[b] + other.counts[b]);
    texts += other.texts;
    sum += other.sum;
    longest = Math.max(longest, other.longest);
  }

  /** The largest b with 2^b ≤ length². */
  static int bucket(int length) {
    long atLeastOne = Math.max(1, length);
    return Math.min(
        BUCKETS - 1, Long.SIZE - 1 - Long.numberOfLeadingZeros(atLeastOne * atLeastOne));
  }

  /** Least length of a bucket. */
  static long from(int bucket) {
    return bucket == 0 ? 0 : (long) Math.ceil(Math.sqrt(Math.pow(2, bucket)));
  }

  /** What the histogram is read as. */
  LengthSummary summary(String name) {
    int last = BUCKETS - 1;
    while (last > 0 && counts[last] == 0) {
      last--;
    }
    int first = 0;
    while (first < last && counts[first] == 0) {
      first++;
    }
    List<LengthSummary.Bucket> buckets = new ArrayList<>();
    for (int b = first; b <= last; b++) {
      if (from(b) < from(b + 1)) { // no whole number lies between the first powers
        buckets.add(new LengthSummary.Bucket(from(b), from(b + 1) - 1, counts[b]));
      }
    }
    double mean = texts == 0 ? 0 : (double) sum / texts;
    return new LengthSummary(name, texts, mean, longest, buckets);
  }
}
