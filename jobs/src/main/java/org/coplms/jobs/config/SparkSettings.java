package org.coplms.jobs.config;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;

/**
 * How the Spark session is opened; never changes a result.
 *
 * @param master Spark master; empty leaves it to spark-submit, or {@code local[*]}
 * @param shufflePartitions partitions of a shuffle in local mode
 * @param options further Spark properties by name
 */
public record SparkSettings(
    Optional<String> master, int shufflePartitions, Map<String, String> options)
    implements Serializable {
  /** Checks the limits. */
  public SparkSettings {
    if (shufflePartitions < 1) {
      throw new IllegalArgumentException(
          "shuffle-partitions must be positive, got " + shufflePartitions);
    }
    options = Map.copyOf(options);
  }
}
