package org.coplms.jobs.bench;

/**
 * One measurement.
 *
 * @param flops that were computed, after {@link Flops}
 */
record Sample(double tokens, double flops, double seconds) {
  double tokensPerSecond() {
    return tokens / seconds;
  }

  double flopsPerSecond() {
    return flops / seconds;
  }
}
