package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.train.Seeds;

/**
 * What one edge device is asked to do in one round.
 *
 * @param round 1 to {@code rounds}
 * @param theta the part of the DPM that travels
 */
public record EdgeTask(
    long runSeed,
    int round,
    int rounds,
    int deviceId,
    EdgeConfig edge,
    ThetaConfig theta,
    PromptFormat format)
    implements Serializable {
  /** A seed of this run, round and device; the same for every retry of the task. */
  public long seed(String purpose) {
    return Seeds.of(runSeed, round, deviceId, purpose);
  }

  /** A seed of this run and device, the same in every round. */
  public long deviceSeed(String purpose) {
    return Seeds.of(runSeed, 0, deviceId, purpose);
  }

  /** Share of all rounds that is done with {@code done} of {@code planned} of this round. */
  public double progress(long done, long planned) {
    return (round - 1 + Math.min(1, (double) done / planned)) / rounds;
  }

  /** For error messages. */
  public String place() {
    return deviceId == Metrics.SERVER
        ? "server, round %d".formatted(round)
        : "edge device %d, round %d".formatted(deviceId, round);
  }
}
