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
  public NearDuplicateSpec {
    Problems problems = new Problems();
    problems.requireShare("threshold", threshold);
    problems.requireAtLeast(1, "shingleLength", shingleLength);
    problems.throwIfAny();
  }

  boolean removes() {
    return threshold > 0;
  }
}
