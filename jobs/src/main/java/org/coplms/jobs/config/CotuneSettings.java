package org.coplms.jobs.config;

import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.lora.LoraConfig;

/**
 * The rounds of co-tuning.
 *
 * @param strategy the method, or a baseline
 * @param merge how the server merges the devices' updates
 * @param theta the DPM's LoRA, the part that travels
 * @param local how SLMs learn in the baselines without a proxy on the devices
 * @param standalone whether each SLM is also tuned alone, for comparison, on as many tokens
 */
public record CotuneSettings(
    int rounds,
    StrategyName strategy,
    MergeName merge,
    LoraConfig theta,
    EdgeConfig edge,
    ServerConfig server,
    LocalSettings local,
    boolean standalone) {
  public CotuneSettings {
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, got " + rounds);
    }
  }

  /** θ as its trainers take it; {@code ffa} keeps every A frozen. */
  public ThetaConfig thetaConfig() {
    return new ThetaConfig(theta, merge == MergeName.FFA);
  }

  /** The method and its baselines; each is described at its strategy. */
  public enum StrategyName {
    CO_PLMS,
    STANDALONE,
    CENTRALIZED,
    FEDAVG
  }

  /** Names of the merge rules. */
  public enum MergeName {
    MEAN,
    SVD,
    FFA
  }
}
