package org.coplms.jobs.config;

import java.util.List;
import java.util.Optional;
import org.coplms.proxy.lm.Decoding;

/**
 * How answers are generated; see {@link Decoding}.
 *
 * @param topK absent for all tokens
 * @param repetitionPenalty absent for none
 * @param stop absent for none
 */
public record DecodingSettings(
    double temperature,
    Optional<Integer> topK,
    double topP,
    Optional<Double> repetitionPenalty,
    Optional<List<String>> stop,
    int maxNewTokens) {
  /** Checks the ranges. */
  public DecodingSettings {
    decoding(temperature, topK, topP, repetitionPenalty, stop, maxNewTokens);
  }

  /** As the generator takes it. */
  public Decoding decoding() {
    return decoding(temperature, topK, topP, repetitionPenalty, stop, maxNewTokens);
  }

  private static Decoding decoding(
      double temperature,
      Optional<Integer> topK,
      double topP,
      Optional<Double> repetitionPenalty,
      Optional<List<String>> stop,
      int maxNewTokens) {
    return new Decoding(
        temperature,
        topK.orElse(0),
        topP,
        repetitionPenalty.orElse(1.0),
        stop.orElse(List.of()),
        maxNewTokens);
  }
}
