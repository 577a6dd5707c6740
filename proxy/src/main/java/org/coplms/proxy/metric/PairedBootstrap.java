package org.coplms.proxy.metric;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether one model beats another on the same examples: percentile bootstrap of the mean paired
 * difference (Efron and Tibshirani 1993), resampled within each domain, or any finer stratum, so
 * that every resample has the test's mixture of domains.
 *
 * <p>Equal pairs in equal order and an equal seed give equal bits.
 *
 * @param resamples how many times the test is redrawn
 * @param confidence coverage of the interval, in (0, 1)
 * @param seed of the resampling
 */
public record PairedBootstrap(int resamples, double confidence, long seed) {

  /** Checks the settings. */
  public PairedBootstrap {
    if (resamples < 1 || !(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "Bootstrap needs ≥ 1 resamples and a confidence in (0, 1), got %d and %s"
              .formatted(resamples, confidence));
    }
  }

  /** 10,000 resamples, 95 % interval. */
  public static PairedBootstrap withDefaults(long seed) {
    return new PairedBootstrap(10_000, 0.95, seed);
  }

  /**
   * One example scored for both models, on any scale.
   *
   * @param domain the stratum
   */
  public record Pair(String domain, double score, double baseline) {}

  /**
   * Outcome of one comparison, on the scale of the scores.
   *
   * @param baseline mean score of the baseline
   * @param gain mean of score − baseline
   * @param low lower end of the gain's interval
   * @param high upper end of the gain's interval
   * @param pValue two-sided, of no gain; not yet corrected for several comparisons, see {@link
   *     #holm}
   */
  public record Comparison(double baseline, double gain, double low, double high, double pValue) {

    /** gain / baseline; NaN or infinite where the baseline scores 0. */
    public double relativeGain() {
      return gain / baseline;
    }
  }

  /**
   * Examples that are redrawn among themselves, scored for both models.
   *
   * @param share of the stratum's mean in the statistic; the shares of all strata add up to 1
   * @param scores of the model, by example
   * @param baselines of the baseline, by the same example
   */
  public record Stratum(double share, List<Double> scores, List<Double> baselines) {
    /** Refuses what cannot be paired. */
    public Stratum {
      scores = List.copyOf(scores);
      baselines = List.copyOf(baselines);
      if (scores.isEmpty() || scores.size() != baselines.size() || !(share >= 0)) {
        throw new IllegalArgumentException(
            "A stratum pairs at least one example and has a share of 0 or more, got %d scores, %d baselines, share %s"
                .formatted(scores.size(), baselines.size(), share));
      }
    }

    private double[] gains() {
      double[] gains = new double[scores.size()];
      Arrays.setAll(gains, i -> scores.get(i) - baselines.get(i));
      return gains;
    }

    private double mean(double[] values) {
      return share * Arrays.stream(values).sum() / values.length;
    }

    private double baseline() {
      return mean(baselines.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  /**
   * Compares over all pairs, each example counted alike.
   *
   * @throws IllegalArgumentException when there is no pair
   */
  public Comparison compare(List<Pair> pairs) {
    return compareStrata(
        pairs.stream()
            .collect(Collectors.groupingBy(Pair::domain, TreeMap::new, Collectors.toList()))
            .values()
            .stream()
            .map(
                domain ->
                    new Stratum(
                        domain.size() / (double) pairs.size(),
                        domain.stream().map(Pair::score).toList(),
                        domain.stream().map(Pair::baseline).toList()))
            .toList());
  }

  /**
   * Compares the weighted means Σ share · mean over strata, every stratum redrawn within itself: a
   * macro mean over devices gives the strata of a device shares that add up to one device's.
   *
   * @throws IllegalArgumentException when there is no stratum, or the shares do not add up to 1
   */
  public Comparison compareStrata(Collection<Stratum> strata) {
    double shares = strata.stream().mapToDouble(Stratum::share).sum();
    if (strata.isEmpty() || Math.abs(shares - 1) > 1e-6) {
      throw new IllegalArgumentException(
          "A comparison needs at least one example and shares that add up to 1, got %d strata with %s"
              .formatted(strata.size(), shares));
    }
    double[] gains = resampledGains(strata);
    double tail = (1 - confidence) / 2;
    return new Comparison(
        strata.stream().mapToDouble(Stratum::baseline).sum(),
        strata.stream().mapToDouble(stratum -> stratum.mean(stratum.gains())).sum(),
        quantile(gains, tail),
        quantile(gains, 1 - tail),
        pValue(gains));
  }

  /**
   * Holm's step-down correction (Holm 1979): p values that hold jointly over all comparisons.
   *
   * @return adjusted p values in the order given, at most 1
   */
  public static List<Double> holm(List<Double> pValues) {
    Integer[] ascending = new Integer[pValues.size()];
    Arrays.setAll(ascending, i -> i);
    Arrays.sort(ascending, (left, right) -> Double.compare(pValues.get(left), pValues.get(right)));
    Double[] adjusted = new Double[pValues.size()];
    double largest = 0;
    for (int rank = 0; rank < ascending.length; rank++) {
      double scaled = pValues.get(ascending[rank]) * (ascending.length - rank);
      largest = Math.max(largest, Math.min(1, scaled));
      adjusted[ascending[rank]] = largest;
    }
    return List.of(adjusted);
  }

  /** The statistic's gain in each resample, ascending. */
  private double[] resampledGains(Collection<Stratum> strata) {
    double[] shares = strata.stream().mapToDouble(Stratum::share).toArray();
    double[][] values = strata.stream().map(Stratum::gains).toArray(double[][]::new);
    SplittableRandom random = new SplittableRandom(seed);
    double[] gains = new double[resamples];
    for (int i = 0; i < resamples; i++) {
      for (int k = 0; k < values.length; k++) {
        double[] stratum = values[k];
        double sum = 0;
        for (int draw = 0; draw < stratum.length; draw++) {
          sum += stratum[random.nextInt(stratum.length)];
        }
        gains[i] += shares[k] * sum / stratum.length;
      }
    }
    Arrays.sort(gains);
    return gains;
  }

  /** Linear between order statistics (type 7 of Hyndman and Fan 1996). */
  private static double quantile(double[] ascending, double share) {
    double position = share * (ascending.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, ascending.length - 1);
    return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
  }

  /** Twice the smaller tail beyond 0; one more resample on each side keeps it above 0. */
  private static double pValue(double[] gains) {
    long notAbove = Arrays.stream(gains).filter(gain -> gain <= 0).count();
    long notBelow = Arrays.stream(gains).filter(gain -> gain >= 0).count();
    return Math.min(1, 2.0 * (Math.min(notAbove, notBelow) + 1) / (gains.length + 1));
  }
}
