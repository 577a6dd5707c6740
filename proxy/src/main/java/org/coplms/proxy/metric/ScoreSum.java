package org.coplms.proxy.metric;

import java.io.Serializable;
import java.util.List;

/**
 * Accumulates {@link Scores} in integers: the mean has the same bits whatever the order of the
 * examples and the partitions that they were scored in.
 *
 * @param rougeUnits Σ round(Rouge-L F1 · 2^36)
 * @param matches number of exact matches
 * @param examples number of examples
 */
public record ScoreSum(long rougeUnits, long matches, long examples) implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int FRACTION_BITS = 36;

  public static final ScoreSum ZERO = new ScoreSum(0, 0, 0);

  /** The scores of one example; Rouge-L and exact match take their best reference each. */
  public static ScoreSum of(String prediction, List<String> references) {
    return of(RougeL.f1(prediction, references), ExactMatch.score(prediction, references));
  }

  /**
   * One example that was scored before.
   *
   * @param rougeL F1 in [0, 1]
   * @param exactMatch 0 or 1
   */
  public static ScoreSum of(double rougeL, double exactMatch) {
    if (!(rougeL >= 0 && rougeL <= 1) || (exactMatch != 0 && exactMatch != 1)) {
      throw new IllegalArgumentException(
          "Rouge-L must be in [0, 1] and exact match 0 or 1, got %s and %s"
              .formatted(rougeL, exactMatch));
    }
    return new ScoreSum(Math.round(Math.scalb(rougeL, FRACTION_BITS)), (long) exactMatch, 1);
  }

  /** The sum over both. */
  public ScoreSum plus(ScoreSum other) {
    return new ScoreSum(
        Math.addExact(rougeUnits, other.rougeUnits),
        Math.addExact(matches, other.matches),
        Math.addExact(examples, other.examples));
  }

  /** The means, 0 to 100. */
  public Scores mean() {
    if (examples == 0) {
      return new Scores(0, 0, 0);
    }
    double rougeL = Math.scalb((double) rougeUnits, -FRACTION_BITS);
    return new Scores(100 * rougeL / examples, 100.0 * matches / examples, examples);
  }
}
