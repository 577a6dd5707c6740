package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.train.Checks;
import org.coplms.proxy.train.OptimizerConfig;

/**
 * Structure-agnostic mutual learning (SAML) between the SLM and the DPM on private examples.
 *
 * @param steps private batches a round: an amount of tokens, see {@link TokenBudget}, and beside
 *     {@link RehearsalConfig#steps} the share of the batches that is private; also the scale of θ's
 *     schedule, which stays at its end where more private batches fit the budget
 * @param slmLambda weight λ of the DPM's knowledge in the SLM's objective, 0 to 1
 * @param dpmLambda weight λ of the SLM's knowledge in the DPM's objective, 0 to 1
 * @param temperature T of both distributions
 * @param topK peer logits that count, per position
 * @param adapterBypass share of batches in which the DPM's domain adapter is left out, so that its
 *     LoRA also learns to answer without it, as the server runs it
 * @param theta optimizer of θ, the part of the DPM that travels; its moments start anew each round
 */
public record SamlConfig(
    int steps,
    double slmLambda,
    double dpmLambda,
    double temperature,
    int topK,
    double adapterBypass,
    OptimizerConfig theta)
    implements Serializable {
  public SamlConfig {
    Checks.atLeast("steps", steps, 0);
    Checks.share("slm-lambda", slmLambda);
    Checks.share("dpm-lambda", dpmLambda);
    Checks.positive("temperature", temperature);
    Checks.atLeast("top-k", topK, 1);
    Checks.share("adapter-bypass", adapterBypass);
  }
}
