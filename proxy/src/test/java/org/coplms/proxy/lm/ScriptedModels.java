package org.coplms.proxy.lm;

import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * Real models whose next token is known: all weights are zero but the positions, which are one-hot,
 * the final norm, which keeps them so, and the head, whose column of a position holds the
 * log-probabilities of the token after it.
 */
final class ScriptedModels {
  static final int POSITIONS = 40;
  private static final double EPSILON = 1e-5;
  private static final double NEVER = 1e-12;

  private ScriptedModels() {}

  /** The same distribution after every token. */
  static LanguageModel always(int vocabSize, Map<Integer, Double> probabilities, NDManager owner) {
    float[] head = new float[vocabSize * POSITIONS];
    for (int position = 0; position < POSITIONS; position++) {
      write(head, position, probabilities);
    }
    return model(vocabSize, head, owner);
  }

  /** Token i of {@code said} at position i + 1 with this probability, else {@code other}. */
  static LanguageModel reciting(
      int vocabSize, int[] said, double probability, int other, NDManager owner) {
    float[] head = new float[vocabSize * POSITIONS];
    for (int position = 0; position < POSITIONS; position++) {
      int id = said[Math.min(position, said.length - 1)];
      write(head, position, Map.of(id, probability, other, 1 - probability));
    }
    return model(vocabSize, head, owner);
  }

  private static void write(float[] head, int position, Map<Integer, Double> probabilities) {
    for (int id = 0; id < head.length / POSITIONS; id++) {
      head[id * POSITIONS + position] = (float) Math.log(probabilities.getOrDefault(id, NEVER));
    }
  }

  private static LanguageModel model(int vocabSize, float[] head, NDManager owner) {
    LmConfig config =
        LmConfig.parse(
            LmConfig.of(Family.GPT2, vocabSize, POSITIONS, 1, 1, POSITIONS)
                .toJson()
                .replace("\"tie_word_embeddings\" : true", "\"tie_word_embeddings\" : false"));
    LanguageModel model = LanguageModel.random(config, 1, owner);
    SortedMap<String, HostTensor> weights = model.baseWeights();
    weights.replaceAll((name, w) -> HostTensor.of(w.shape(), new float[w.size()]));
    float[] oneHot = new float[POSITIONS * POSITIONS];
    float[] weight = new float[POSITIONS];
    float[] bias = new float[POSITIONS];
    double mean = 1.0 / POSITIONS;
    double deviation = Math.sqrt(mean * (1 - mean) + EPSILON);
    for (int i = 0; i < POSITIONS; i++) {
      oneHot[i * POSITIONS + i] = 1;
      weight[i] = (float) deviation;
      bias[i] = (float) mean;
    }
    put(weights, "transformer.wpe.weight", oneHot);
    put(weights, "transformer.ln_f.weight", weight);
    put(weights, "transformer.ln_f.bias", bias);
    put(weights, "lm_head.weight", head);
    model.setParameters(weights);
    return model;
  }

  private static void put(SortedMap<String, HostTensor> weights, String name, float[] values) {
    weights.put(name, HostTensor.of(weights.get(name).shape(), values));
  }
}
