package org.coplms.dataprep.card;

import java.util.List;

/**
 * How long texts are.
 *
 * @param name of what is measured, and its unit
 * @param texts how many
 * @param buckets ascending; neighbours leave no length between them
 */
public record LengthSummary(
    String name, long texts, double mean, int longest, List<Bucket> buckets) {
  public LengthSummary {
    buckets = List.copyOf(buckets);
  }

  /** Texts of lengths {@code from} to {@code to}, both included. */
  public record Bucket(long from, long to, long texts) {}
}
