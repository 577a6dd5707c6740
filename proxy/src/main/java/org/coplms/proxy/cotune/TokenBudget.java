package org.coplms.proxy.cotune;

import java.util.List;
import org.coplms.proxy.tokenizer.TokenizedExample;

/**
 * How many tokens an SLM is trained on in a round: the same for co-tuning and for every baseline,
 * as it follows from the settings and the device's private examples alone.
 *
 * <p>A round ends with the batch that reaches it, so what is really processed is at most one batch
 * more.
 *
 * @param tokens (DST + SAML + rehearsal steps) · batch size · mean input length of a private
 *     example
 */
public record TokenBudget(long tokens) {

  /** The budget of one round, given the device's private examples as its SLM reads them. */
  public static TokenBudget ofRound(EdgeConfig edge, List<TokenizedExample> examples) {
    double meanLength =
        examples.stream().mapToInt(example -> example.length() - 1).average().orElseThrow();
    return new TokenBudget(Math.round((long) edge.steps() * edge.batchSize() * meanLength));
  }
}
