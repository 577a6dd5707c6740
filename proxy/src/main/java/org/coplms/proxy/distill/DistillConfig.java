package org.coplms.proxy.distill;

import java.io.Serializable;
import org.coplms.proxy.mutual.DenseKl;
import org.coplms.proxy.train.Checks;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.OptimizerConfig;

/**
 * How the DPM is made and distilled.
 *
 * @param layers M of the LLM's N layers that {@code TRUNCATE} takes; 0 for max(2, ⌈N/4⌉)
 * @param steps 0 leaves the DPM as {@code init} made it
 * @param generatedPairs pairs that the LLM writes and the DPM learns beside the public examples
 * @param generatedTemperature of the sampled prompts; answers are greedy
 * @param scope tokens that count; TEXT lets the DPM ask questions too, which rehearsal needs
 * @param weight a in (1 − a) · CE + a · T² · KL
 * @param direction FORWARD reads the logit cache; the others run the LLM beside the DPM
 * @param validationShare share of the data that is held out to stop early
 * @param evaluateEvery steps between two looks at it
 * @param patience looks without a better validation KL before training stops
 */
public record DistillConfig(
    DpmInit init,
    int layers,
    int steps,
    int batchSize,
    int maxTokens,
    int generatedPairs,
    double generatedTemperature,
    LossScope scope,
    double weight,
    double temperature,
    int topK,
    DenseKl.Direction direction,
    double validationShare,
    int evaluateEvery,
    int patience,
    OptimizerConfig optimizer)
    implements Serializable {
  public DistillConfig {
    Checks.atLeast("layers", layers, 0);
    Checks.atLeast("steps", steps, 0);
    Checks.atLeast("batch-size", batchSize, 1);
    Checks.atLeast("max-tokens", maxTokens, 4);
    Checks.atLeast("generated-pairs", generatedPairs, 0);
    Checks.positive("generated-temperature", generatedTemperature);
    Checks.share("weight", weight);
    Checks.positive("temperature", temperature);
    Checks.atLeast("top-k", topK, 1);
    Checks.share("validation-share", validationShare);
    Checks.atLeast("evaluate-every", evaluateEvery, 1);
    Checks.atLeast("patience", patience, 1);
  }

  /** M for an LLM of N layers. */
  public int layersOf(int llmLayers) {
    return layers == 0 ? DpmInit.defaultLayers(llmLayers) : layers;
  }
}
