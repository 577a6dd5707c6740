package org.coplms.jobs.comparison;

/** Figures as files keep them: far finer than the tables, without the noise of a sum's order. */
final class Rounded {
  private Rounded() {}

  /** Scores, points, seconds: four decimals. */
  static double score(double value) {
    return decimals(value, 1e4);
  }

  /** Shares and p values: six decimals. */
  static double share(double value) {
    return decimals(value, 1e6);
  }

  private static double decimals(double value, double factor) {
    return Double.isFinite(value) ? Math.round(value * factor) / factor : value;
  }
}
