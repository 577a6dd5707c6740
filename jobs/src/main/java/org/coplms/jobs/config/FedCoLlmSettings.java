package org.coplms.jobs.config;

import org.coplms.jobs.config.LocalSettings.Shared;
import org.coplms.proxy.baseline.FedCoLlmConfig;

/**
 * The server of the baseline FedCoLLM.
 *
 * @param shared texts that SLM and LLM meet on, at the server
 */
public record FedCoLlmSettings(int steps, double lambda, Shared shared) {
  public FedCoLlmSettings {
    FedCoLlmConfig unused = new FedCoLlmConfig(steps, lambda);
    if (shared == Shared.NONE) {
      throw new IllegalArgumentException(
          "shared must be public or generated: the server of fedcollm learns nothing else");
    }
  }

  /** As its learner takes it. */
  public FedCoLlmConfig config() {
    return new FedCoLlmConfig(steps, lambda);
  }
}
