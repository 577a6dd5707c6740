package org.coplms.jobs.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;

/**
 * Floating-point operations of a token, counted as is usual (Kaplan et al. 2020, appendix B; Hu et
 * al. 2022 for the low-rank part): two for each weight of a matrix that the token is multiplied
 * with, forward; as many again for the gradient of the activations, and again for that of weights
 * that learn. Looking up embeddings, norms and attention scores are left out.
 *
 * @param blocks weights of the matrices in the blocks
 * @param head weights of the output head, tied or not
 * @param lora weights of the low-rank factors
 */
record Flops(long blocks, long head, long lora) {
  /** Stands in the output. */
  static final Map<String, String> FORMULAS =
      new TreeMap<>(
          Map.of(
              "lora-training", "4 N + 6 N_lora per token",
              "full-training", "6 N per token",
              "prefill", "2 (N - head) per prompt token + 2 head per prompt",
              "decode", "2 N per new token",
              "N", "weights in matrix products: blocks and head; attention scores not counted"));

  private static final Pattern POSITIONS = Pattern.compile(".*(wpe|embed_positions)\\.weight");

  /** Counts the matrices of a model with LoRA. */
  static Flops of(LanguageModel model) {
    LmConfig config = model.config();
    long head = (long) config.vocabSize() * config.hiddenSize();
    long matrices = 0;
    for (Map.Entry<String, NDArray> weight : model.baseParameters().entrySet()) {
      Shape shape = weight.getValue().getShape();
      if (shape.dimension() == 2 && !POSITIONS.matcher(weight.getKey()).matches()) {
        matrices += shape.size();
      }
    }
    long tables = config.tiedEmbeddings() ? head : 2 * head;
    long lora = model.loraParameters().values().stream().mapToLong(NDArray::size).sum();
    return new Flops(matrices - tables, head, lora);
  }

  long weights() {
    return blocks + head;
  }

  double loraTraining(long tokens) {
    return tokens * (4.0 * weights() + 6.0 * lora);
  }

  double fullTraining(long tokens) {
    return tokens * 6.0 * weights();
  }

  double prefill(long prompts, long tokens) {
    return 2.0 * tokens * blocks + 2.0 * prompts * head;
  }

  double decode(long tokens) {
    return tokens * 2.0 * weights();
  }
}
