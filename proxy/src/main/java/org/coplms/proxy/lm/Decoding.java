package org.coplms.proxy.lm;

import java.io.Serializable;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 takes the most probable token; else probabilities are softmax(logits /
 *     temperature)
 * @param topP sample among the most probable tokens that together reach this probability; 1 for all
 * @param maxNewTokens most tokens of a response, EOS included
 */
public record Decoding(double temperature, double topP, int maxNewTokens) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Checks the ranges. */
  public Decoding {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "decoding.temperature must not be negative, got " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("decoding.topP must be in (0, 1], got " + topP);
    }
    if (maxNewTokens <= 0) {
      throw new IllegalArgumentException(
          "decoding.maxNewTokens must be positive, got " + maxNewTokens);
    }
  }

  /** The most probable token, every time. */
  public static Decoding greedy(int maxNewTokens) {
    return new Decoding(0, 1, maxNewTokens);
  }
}
