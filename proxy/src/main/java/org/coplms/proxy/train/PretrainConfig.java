package org.coplms.proxy.train;

import java.io.Serializable;

/** How a tiny model is trained from scratch. */
public record PretrainConfig(int steps, int batchSize, int maxTokens, OptimizerConfig optimizer)
    implements Serializable {
  public PretrainConfig {
    Checks.atLeast("steps", steps, 1);
    Checks.atLeast("batch-size", batchSize, 1);
    Checks.atLeast("max-tokens", maxTokens, 4);
  }
}
