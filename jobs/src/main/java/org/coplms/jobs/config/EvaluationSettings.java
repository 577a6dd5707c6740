package org.coplms.jobs.config;

import org.coplms.dataprep.Splits;

/**
 * How answers are generated and scored.
 *
 * @param split questions that finished models answer: TEST for results, VALIDATION while settings
 *     are being chosen
 * @param roundExamples validation questions of each device that are answered after every round; 0
 *     for none
 */
public record EvaluationSettings(
    DecodingSettings decoding, int batchSize, Split split, int roundExamples) {
  public EvaluationSettings {
    if (batchSize < 1 || roundExamples < 0) {
      throw new IllegalArgumentException(
          "batch-size must be at least 1 and round-examples not negative, got %d and %d"
              .formatted(batchSize, roundExamples));
    }
  }

  /** Splits that can be answered. */
  public enum Split {
    TEST(Splits.TEST),
    VALIDATION(Splits.VALIDATION);

    private final String deviceSplit;

    Split(String deviceSplit) {
      this.deviceSplit = deviceSplit;
    }

    /** The split's name in the devices' data. */
    public String deviceSplit() {
      return deviceSplit;
    }
  }
}
