package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.train.Checks;

/**
 * One edge device's part of a round.
 *
 * @param batchSize examples a batch
 * @param maxTokens longest example, in tokens of either model
 * @param dpmAdapter domain adapter in the device's copy of the DPM; it never travels
 */
public record EdgeConfig(
    int batchSize,
    int maxTokens,
    SlmConfig slm,
    AdapterConfig dpmAdapter,
    DstConfig dst,
    SamlConfig saml,
    RehearsalConfig rehearsal)
    implements Serializable {
  public EdgeConfig {
    Checks.atLeast("batch-size", batchSize, 1);
    Checks.atLeast("max-tokens", maxTokens, 4);
  }
}
