package org.coplms.jobs.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

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

  /**
   * Counts the matrices of a model.
   *
   * @param shapes of its weights, by Hugging Face name
   * @param tied whether the head is the embedding table
   */
  static Flops of(Map<String, long[]> shapes, boolean tied, long head, long lora) {
    long matrices = 0;
    for (Map.Entry<String, long[]> weight : shapes.entrySet()) {
      long[] shape = weight.getValue();
      if (shape.length == 2 && !POSITIONS.matcher(weight.getKey()).matches()) {
        matrices += shape[0] * shape[1];
      }
    }
    return new Flops(matrices - (tied ? head : 2 * head), head, lora);
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
