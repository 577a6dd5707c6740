package org.coplms.proxy.baseline;

import java.io.Serializable;
import org.coplms.proxy.train.Checks;

/**
 * FedMKT (Fan et al. 2024, arXiv 2406.02224): knowledge travels as logits over public texts.
 *
 * @param topK logits that travel for each position
 * @param temperature T of the compared distributions
 * @param distillWeight weight w of the teacher: (1 − w) · CE + w · T² · KL(teacher)
 * @param publicShare share of a device's token budget that is learned from public texts
 * @param publicTexts which texts count as public
 * @param publicExamples public texts that take part in a round
 * @param compareBy what cross-entropies are measured in when sources are compared
 */
public record FedMktConfig(
    int topK,
    double temperature,
    double distillWeight,
    double publicShare,
    PublicTexts publicTexts,
    int publicExamples,
    CrossEntropyUnit compareBy)
    implements Serializable {
  public FedMktConfig {
    Checks.atLeast("top-k", topK, 1);
    Checks.positive("temperature", temperature);
    Checks.share("distill-weight", distillWeight);
    Checks.share("public-share", publicShare);
    Checks.atLeast("public-examples", publicExamples, 1);
  }

  /** Which texts count as public. */
  public enum PublicTexts {
    /** The public examples. */
    PUBLIC,
    /** The public examples and the pairs that the LLM wrote for the proxy's distillation. */
    GENERATED
  }

  /** The unit of a mean cross-entropy. */
  public enum CrossEntropyUnit {
    /** Nats per token of the model's own tokenizer, EOS included, as FedMKT has it. */
    TOKEN,
    /** Nats per byte of the response: the same text weighs the same for every tokenizer. */
    BYTE
  }
}
