package org.coplms.jobs.config;

import java.util.List;
import java.util.Locale;
import org.coplms.proxy.baseline.FedMktConfig;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lora.LoraConfig;

/**
 * The rounds of co-tuning.
 *
 * @param strategy the method, or a baseline
 * @param slms names of the SLMs that the devices run in turn; empty for all
 * @param merge how the server merges the devices' updates
 * @param thetaScope lora: the DPM's LoRA travels; full: every weight of it does
 * @param theta the DPM's LoRA; counts only with {@code thetaScope} lora
 * @param local how SLMs learn in the baselines without a proxy on the devices
 * @param fedcollm the server of that baseline
 * @param fedmkt that baseline
 * @param standalone whether each SLM is also tuned alone, for comparison, on as many tokens
 */
public record CotuneSettings(
    int rounds,
    StrategyName strategy,
    List<String> slms,
    MergeName merge,
    TuningScope thetaScope,
    LoraConfig theta,
    EdgeConfig edge,
    ServerConfig server,
    LocalSettings local,
    FedCoLlmSettings fedcollm,
    FedMktConfig fedmkt,
    boolean standalone) {
  public CotuneSettings {
    slms = List.copyOf(slms);
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, got " + rounds);
    }
    if (thetaScope == TuningScope.FULL && merge != MergeName.MEAN) {
      throw new IllegalArgumentException(
          "theta-scope = full leaves no LoRA factors to merge by %s; choose merge = mean"
              .formatted(merge.name().toLowerCase(Locale.ROOT)));
    }
  }

  /** θ as its trainers take it; {@code ffa} keeps every A frozen. */
  public ThetaConfig thetaConfig() {
    return new ThetaConfig(thetaScope, theta, merge == MergeName.FFA);
  }

  /** The method and its baselines; each is described at its strategy. */
  public enum StrategyName {
    CO_PLMS,
    STANDALONE,
    CENTRALIZED,
    FEDAVG,
    FEDCOLLM,
    FEDMKT;

    /** Its name in the configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Names of the merge rules. */
  public enum MergeName {
    MEAN,
    SVD,
    FFA
  }
}
