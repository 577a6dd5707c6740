package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.train.Checks;

/**
 * One edge device's part of a round.
 *
 * <p>The steps of DST, SAML and rehearsal together set how many tokens the SLM is trained on, see
 * {@link TokenBudget}. DST takes exactly its steps; private and rehearsal batches then alternate in
 * the ratio of their steps until the budget is used up, however long the texts of either are.
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

  /** Steps of a round: DST, SAML and rehearsal together. */
  public int steps() {
    return dst.steps() + saml.steps() + rehearsal.steps();
  }
}
