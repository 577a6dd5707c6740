package org.coplms.jobs.config;

import org.coplms.proxy.lm.Decoding;

/**
 * How answers are generated and scored.
 *
 * @param roundExamples validation questions of each device that are answered after every round; 0
 *     for none
 */
public record EvaluationSettings(Decoding decoding, int batchSize, int roundExamples) {
  public EvaluationSettings {
    if (batchSize < 1 || roundExamples < 0) {
      throw new IllegalArgumentException(
          "batch-size must be at least 1 and round-examples not negative, got %d and %d"
              .formatted(batchSize, roundExamples));
    }
  }
}
