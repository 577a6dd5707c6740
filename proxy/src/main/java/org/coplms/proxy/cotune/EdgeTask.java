package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.train.Seeds;

/**
 * What one edge device is asked to do in one round.
 *
 * @param round 1 to {@code rounds}
 * @param theta the DPM's LoRA, the part that travels
 */
public record EdgeTask(
    long runSeed,
    int round,
    int rounds,
    int deviceId,
    EdgeConfig edge,
    ThetaConfig theta,
    TextFormat format)
    implements Serializable {
  /** A seed of this run, round and device; the same for every retry of the task. */
  long seed(String purpose) {
    return Seeds.of(runSeed, round, deviceId, purpose);
  }

  /** A seed of this run and device, the same in every round. */
  long deviceSeed(String purpose) {
    return Seeds.of(runSeed, 0, deviceId, purpose);
  }

  /** Share of all rounds' steps that is done before {@code step} of {@code steps} of this round. */
  double progress(int step, int steps) {
    return (round - 1 + (double) step / steps) / rounds;
  }

  /** For error messages. */
  String place() {
    return "edge device %d, round %d".formatted(deviceId, round);
  }
}
