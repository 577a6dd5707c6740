package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.train.Checks;
import org.coplms.proxy.train.OptimizerConfig;

/**
 * The server's part of a round: mutual learning between the DPM and the LLM.
 *
 * <p>With neither kind of steps the server only merges: nothing is generated and no model opened.
 *
 * @param thetaSteps batches that tune θ
 * @param llmSteps batches that tune the LLM's LoRA; at 0 the LLM is left alone
 * @param publicExamples public examples that take part in a round
 * @param dpmLambda weight λ of the LLM's knowledge in the DPM's objective, on public data only:
 *     elsewhere it would erase what the devices taught
 * @param llmLambda weight λ of the DPM's knowledge in the LLM's objective
 * @param generated pairs drawn from the merged DPM a round, so that the LLM learns what only
 *     devices know; 0 turns this part of the rehearsal extension off
 * @param temperature T of the compared distributions
 * @param llmTuning FULL: every tensor of the LLM, for tiny models; LORA: {@code llmLora}
 * @param topK logits kept in the cache, per position
 */
public record ServerConfig(
    int batchSize,
    int maxTokens,
    int thetaSteps,
    int llmSteps,
    int publicExamples,
    double dpmLambda,
    double llmLambda,
    int generated,
    double generatedKeep,
    int generatedCapacity,
    double generatedTemperature,
    double temperature,
    int topK,
    TuningScope llmTuning,
    LoraConfig llmLora,
    OptimizerConfig theta,
    OptimizerConfig llm)
    implements Serializable {
  public ServerConfig {
    Checks.atLeast("batch-size", batchSize, 1);
    Checks.atLeast("max-tokens", maxTokens, 4);
    Checks.atLeast("theta-steps", thetaSteps, 0);
    Checks.atLeast("llm-steps", llmSteps, 0);
    Checks.atLeast("public-examples", publicExamples, 1);
    Checks.share("dpm-lambda", dpmLambda);
    Checks.share("llm-lambda", llmLambda);
    Checks.atLeast("generated", generated, 0);
    Checks.share("generated-keep", generatedKeep);
    Checks.atLeast("generated-capacity", generatedCapacity, 1);
    Checks.positive("generated-temperature", generatedTemperature);
    Checks.positive("temperature", temperature);
    Checks.atLeast("top-k", topK, 1);
  }

  /** Whether any model of the server learns; otherwise it only merges. */
  public boolean learns() {
    return thetaSteps > 0 || llmSteps > 0;
  }

  /** What is tuned of the LLM. */
  public ThetaConfig tunedLlm() {
    return new ThetaConfig(llmTuning, llmLora, false);
  }
}
