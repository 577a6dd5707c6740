package org.coplms.proxy.lm;

import java.io.Serializable;
import java.util.List;

/**
 * How the next token is chosen, and where a response ends.
 *
 * <p>In this order: repetition penalty, temperature, top-k, top-p.
 *
 * @param temperature 0 takes the most probable token; else probabilities are softmax(logits /
 *     temperature)
 * @param topK sample among so many most probable tokens; 0 for all
 * @param topP sample among the most probable tokens (of the top-k, renormalized) that together
 *     reach this probability; 1 for all
 * @param repetitionPenalty the scores of tokens that stand in prompt or response are divided by it
 *     where they are positive, and multiplied where negative (Keskar et al. 2019, as transformers
 *     reads it); 1 for none
 * @param stop a response ends before the first of these texts, which is not part of it
 * @param maxNewTokens most tokens of a response, EOS included
 */
public record Decoding(
    double temperature,
    int topK,
    double topP,
    double repetitionPenalty,
    List<String> stop,
    int maxNewTokens)
    implements Serializable {
  private static final long serialVersionUID = 2L;

  /** Checks the ranges. */
  public Decoding {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must not be negative, got " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException(
          "top-k must be positive, or 0 for all tokens, got " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p must be in (0, 1], got " + topP);
    }
    if (!(repetitionPenalty > 0) || Double.isInfinite(repetitionPenalty)) {
      throw new IllegalArgumentException(
          "repetition-penalty must be positive (1 for none), got " + repetitionPenalty);
    }
    stop = List.copyOf(stop);
    if (stop.contains("")) {
      throw new IllegalArgumentException("a stop text is empty; leave it out");
    }
    if (maxNewTokens <= 0) {
      throw new IllegalArgumentException("max-new-tokens must be positive, got " + maxNewTokens);
    }
  }

  /** Without top-k, penalty and stop texts. */
  public Decoding(double temperature, double topP, int maxNewTokens) {
    this(temperature, 0, topP, 1, List.of(), maxNewTokens);
  }

  /** The most probable token, every time. */
  public static Decoding greedy(int maxNewTokens) {
    return new Decoding(0, 1, maxNewTokens);
  }

  /** Whether tokens are drawn. */
  boolean samples() {
    return temperature > 0;
  }
}
