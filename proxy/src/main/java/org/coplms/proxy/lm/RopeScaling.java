package org.coplms.proxy.lm;

import java.io.Serializable;

/** How rotary angles are stretched beyond the length that a model was first trained with. */
public sealed interface RopeScaling extends Serializable {
  /** {@code rope_type} of {@code config.json}. */
  String type();

  /** The angle per position of pair {@code pair} of {@code dims}/2, given the plain one. */
  double frequency(double plain, int pair, int dims, double theta);

  /** What sines and cosines are multiplied by. */
  default double magnitude() {
    return 1;
  }

  /** Not at all. */
  record None() implements RopeScaling {
    private static final long serialVersionUID = 1L;

    @Override
    public String type() {
      return "default";
    }

    @Override
    public double frequency(double plain, int pair, int dims, double theta) {
      return plain;
    }
  }

  /** Every angle divided by the factor (Chen et al. 2023). */
  record Linear(double factor) implements RopeScaling {
    private static final long serialVersionUID = 1L;

    /** Checks the range. */
    public Linear {
      requireFactor(factor);
    }

    @Override
    public String type() {
      return "linear";
    }

    @Override
    public double frequency(double plain, int pair, int dims, double theta) {
      return plain / factor;
    }
  }

  /**
   * A base that grows with the sequence once it is longer than {@code max_position_embeddings},
   * which no sequence here is: the plain angles.
   */
  record Dynamic(double factor) implements RopeScaling {
    private static final long serialVersionUID = 1L;

    /** Checks the range. */
    public Dynamic {
      requireFactor(factor);
    }

    @Override
    public String type() {
      return "dynamic";
    }

    @Override
    public double frequency(double plain, int pair, int dims, double theta) {
      return plain;
    }
  }

  /**
   * Llama 3's: short waves stay, long ones are divided by the factor, those between are mixed.
   *
   * @param low waves longer than {@code original/low} positions are long
   * @param high waves shorter than {@code original/high} positions are short
   * @param original length of the first training, in tokens
   */
  record Llama3(double factor, double low, double high, int original) implements RopeScaling {
    private static final long serialVersionUID = 1L;

    /** Checks the ranges. */
    public Llama3 {
      requireFactor(factor);
      if (!(low > 0) || !(high > low) || original <= 0) {
        throw new IllegalArgumentException(
            "rope_scaling of type 'llama3' needs 0 < low_freq_factor < high_freq_factor and a positive original_max_position_embeddings, got %s, %s and %d"
                .formatted(low, high, original));
      }
    }

    @Override
    public String type() {
      return "llama3";
    }

    @Override
    public double frequency(double plain, int pair, int dims, double theta) {
      double waves = original * plain / (2 * Math.PI); // in the original length
      double kept = Math.min(1, Math.max(0, (waves - low) / (high - low)));
      return (1 - kept) * plain / factor + kept * plain;
    }
  }

  /**
   * YaRN (Peng et al. 2023): pairs that turn often stay, slow ones are divided by the factor, with
   * a ramp over the pairs between; scores are sharpened through the magnitude.
   *
   * @param original length of the first training, in tokens
   * @param fast turns in the original length from which a pair stays
   * @param slow turns below which it is divided
   * @param magnitude 0.1·ln(factor) + 1 unless the file says otherwise
   */
  record Yarn(double factor, int original, double fast, double slow, double magnitude)
      implements RopeScaling {
    private static final long serialVersionUID = 1L;

    /** Checks the ranges. */
    public Yarn {
      requireFactor(factor);
      if (original <= 0 || !(slow > 0) || !(fast >= slow) || !(magnitude > 0)) {
        throw new IllegalArgumentException(
            "rope_scaling of type 'yarn' needs a positive original_max_position_embeddings and attention_factor and 0 < beta_slow <= beta_fast, got %d, %s, %s and %s"
                .formatted(original, magnitude, slow, fast));
      }
    }

    /** The paper's magnitude. */
    static double usualMagnitude(double factor) {
      return factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
    }

    @Override
    public String type() {
      return "yarn";
    }

    @Override
    public double frequency(double plain, int pair, int dims, double theta) {
      double first = Math.max(0, Math.floor(pairThatTurns(fast, dims, theta)));
      double last = Math.min(dims - 1, Math.ceil(pairThatTurns(slow, dims, theta)));
      double width = first == last ? 1e-3 : last - first;
      double divided = Math.min(1, Math.max(0, (pair - first) / width));
      return divided * plain / factor + (1 - divided) * plain;
    }

    /** Where in the pairs the one is that turns so often in the original length. */
    private double pairThatTurns(double turns, int dims, double theta) {
      return dims * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }
  }

  private static void requireFactor(double factor) {
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("rope_scaling: factor must be at least 1, got " + factor);
    }
  }
}
