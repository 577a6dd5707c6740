package org.coplms.jobs.bench;

import java.util.Arrays;
import java.util.List;

/**
 * Medians of one kind of work of one model.
 *
 * @param share of the matrix product's rate that was measured in turns with it
 */
public record Measured(String work, double tokensPerSecond, double gflopsPerSecond, double share) {
  private static final double GIGA = 1e9;

  static Measured of(String work, List<Sample> samples, List<Sample> products) {
    double flops = median(samples.stream().mapToDouble(Sample::flopsPerSecond).toArray());
    return new Measured(
        work,
        median(samples.stream().mapToDouble(Sample::tokensPerSecond).toArray()),
        flops / GIGA,
        flops / median(products.stream().mapToDouble(Sample::flopsPerSecond).toArray()));
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
