package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import java.io.Serializable;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.lora.LoraConfig;

/**
 * θ, the DPM's LoRA that travels, and which of its factors are trained.
 *
 * @param onlyB whether every A stays as the seed made it, which the {@code ffa} merge needs
 */
public record ThetaConfig(LoraConfig lora, boolean onlyB) implements Serializable {

  /** The factors to train, of all that a model's LoRA has. */
  SortedMap<String, NDArray> trained(SortedMap<String, NDArray> factors) {
    SortedMap<String, NDArray> trained = new TreeMap<>(factors);
    if (onlyB) {
      trained.keySet().removeIf(name -> !name.endsWith(".lora_B.weight"));
    }
    return trained;
  }
}
