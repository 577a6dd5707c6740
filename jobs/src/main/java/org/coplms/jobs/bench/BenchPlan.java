package org.coplms.jobs.bench;

/**
 * How much is measured.
 *
 * @param rows sequences at once, in training and in batched generation
 * @param tokens of a training sequence, and of a prompt
 * @param newTokens of a response
 * @param repetitions of every measurement, after one that is not counted
 * @param secondsPerModel after so many there are no more repetitions, but at least one
 */
public record BenchPlan(int rows, int tokens, int newTokens, int repetitions, int secondsPerModel) {
  /** Checks the ranges. */
  public BenchPlan {
    require("--rows", rows, 1);
    require("--tokens", tokens, 4);
    require("--new-tokens", newTokens, 2);
    require("--repetitions", repetitions, 1);
    require("--seconds", secondsPerModel, 1);
  }

  private static void require(String option, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, got %d".formatted(option, least, value));
    }
  }

  int positions() {
    return tokens + newTokens;
  }
}
