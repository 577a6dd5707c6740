package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.train.Checks;

/**
 * Rehearsal, this project's extension of the method: the SLM also learns from question-answer pairs
 * that the device's own copy of the DPM generates.
 *
 * @param steps SLM batches of generated pairs a round: an amount of tokens, see {@link
 *     TokenBudget}, and beside {@link SamlConfig#steps} the share of the batches that is generated;
 *     private batches take their place while there are no pairs. 0 turns rehearsal off
 * @param samples pairs to draw a round from each view: the DPM with and without its domain adapter
 * @param temperature of the sampled prompts; answers are greedy
 * @param globalShare share of the kept pairs that comes from the DPM without its adapter
 * @param keep share of the distinct pairs, best mean log-probability first, that is kept
 * @param capacity pairs the device's buffer holds; the oldest leave first
 * @param lambda weight λ of the DPM's distribution beside the cross-entropy, 0 to 1
 * @param maxTokens longest generated pair, in tokens of the DPM
 * @param replay pairs that θ learns beside a private batch, as a share of the batch size, so that
 *     it does not forget what it knew; 0 for none
 */
public record RehearsalConfig(
    int steps,
    int samples,
    double temperature,
    double globalShare,
    double keep,
    int capacity,
    double lambda,
    int maxTokens,
    double replay)
    implements Serializable {
  public RehearsalConfig {
    Checks.atLeast("steps", steps, 0);
    Checks.atLeast("samples", samples, 0);
    Checks.positive("temperature", temperature);
    Checks.share("global-share", globalShare);
    Checks.share("keep", keep);
    Checks.atLeast("capacity", capacity, 1);
    Checks.share("lambda", lambda);
    Checks.atLeast("max-tokens", maxTokens, 4);
    Checks.share("replay", replay);
  }

  public boolean enabled() {
    return steps > 0 && samples > 0;
  }
}
