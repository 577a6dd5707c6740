package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.train.Checks;

/**
 * Domain-specific tuning (DST): steps a round in which only the domain adapters of SLM and DPM
 * learn from the private examples. What they process counts in the round's {@link TokenBudget}.
 */
public record DstConfig(int steps) implements Serializable {
  public DstConfig {
    Checks.atLeast("steps", steps, 0);
  }
}
