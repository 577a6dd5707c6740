package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.merge.ThetaSpec;
import org.coplms.proxy.tensor.HostTensor;

/**
 * θ, the part of the DPM that travels, and which of its tensors are trained.
 *
 * @param scope LORA: a LoRA over frozen base weights; FULL: every base weight, for a proxy that is
 *     itself averaged
 * @param lora counts only when {@code scope} is LORA
 * @param onlyB whether every A stays as the seed made it, which the {@code ffa} merge needs
 */
public record ThetaConfig(TuningScope scope, LoraConfig lora, boolean onlyB)
    implements Serializable {

  public ThetaConfig {
    if (onlyB && scope != TuningScope.LORA) {
      throw new IllegalArgumentException(
          "theta-scope = full has no LoRA factor to freeze, which merge = ffa needs; choose merge = mean");
    }
  }

  /** A LoRA. */
  public ThetaConfig(LoraConfig lora, boolean onlyB) {
    this(TuningScope.LORA, lora, onlyB);
  }

  /** Adds to a DPM what θ needs besides its base weights. */
  public void attach(LanguageModel dpm, long seed) {
    if (scope == TuningScope.LORA) {
      dpm.attachLora(lora, seed);
    }
  }

  /** The arrays of θ in a DPM to which it is attached: all that travels, and nothing else. */
  public SortedMap<String, NDArray> parameters(LanguageModel dpm) {
    return scope == TuningScope.LORA ? dpm.loraParameters() : dpm.baseParameters();
  }

  /** The whitelist that exactly this θ satisfies. */
  public ThetaSpec spec(Map<String, HostTensor> theta) {
    return scope == TuningScope.LORA ? ThetaSpec.of(theta) : ThetaSpec.ofWholeModel(theta);
  }

  /** Those of {@link #parameters} that are trained. */
  SortedMap<String, NDArray> trained(LanguageModel dpm) {
    SortedMap<String, NDArray> trained = new TreeMap<>(parameters(dpm));
    if (onlyB) {
      trained.keySet().removeIf(name -> !name.endsWith(".lora_B.weight"));
    }
    return trained;
  }
}
