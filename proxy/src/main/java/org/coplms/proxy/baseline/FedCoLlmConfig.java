package org.coplms.proxy.baseline;

import java.io.Serializable;
import org.coplms.proxy.train.Checks;

/**
 * The server's mutual learning in FedCoLLM.
 *
 * @param steps batches a round that SLM and LLM learn from together
 * @param lambda weight λ of the peer's knowledge in (1 − λ) · CE + λ · T² · KL, for both; 0.5 is
 *     FedCoLLM's CE + 1.0 · KL up to a factor that AdamW does not see
 */
public record FedCoLlmConfig(int steps, double lambda) implements Serializable {
  public FedCoLlmConfig {
    Checks.atLeast("steps", steps, 0);
    Checks.share("lambda", lambda);
  }
}
