package org.coplms.dataprep.prepare;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * Which prompts are too alike to stand in two places: of those only one is kept.
 *
 * @param threshold least Jaccard similarity of the prompts' sets of shingles; 0 keeps all prompts
 * @param shingleLength characters of a shingle
 */
public record NearDuplicateSpec(double threshold, int shingleLength) implements Serializable {
  /** Below it nearly all texts are candidates. */
  private static final double LEAST = 0.1;

  public NearDuplicateSpec {
    Problems problems = new Problems();
    problems.require(
        threshold == 0 || (threshold >= LEAST && threshold <= 1),
        "threshold must be 0 (all prompts are kept) or between %s and 1, got %s"
            .formatted(LEAST, threshold));
    problems.requireAtLeast(1, "shingleLength", shingleLength);
    problems.throwIfAny();
  }

  boolean removes() {
    return threshold > 0;
  }
}
