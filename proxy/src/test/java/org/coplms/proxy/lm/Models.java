package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Torch;

/** Tiny models and inputs for the tests of this package. */
final class Models {
  static final int VOCABULARY = 23;
  static final LoraConfig ALL_LINEAR = new LoraConfig(4, 8, 0, List.of(LoraConfig.ALL_LINEAR));
  static final AdapterConfig ADAPTER = new AdapterConfig(6);

  private Models() {}

  /** Two layers of width 16, grouped-query attention and a short window where there are such. */
  static LmConfig config(Family family) {
    boolean tied = family != Family.LLAMA && family != Family.GPT_NEOX;
    return LmConfig.parse(
        LmConfig.of(family, VOCABULARY, 16, 2, 4, 48)
            .toJson()
            .replace("\"num_key_value_heads\" : 4", "\"num_key_value_heads\" : 2")
            .replace("\"rotary_pct\" : 1.0", "\"rotary_pct\" : 0.5")
            .replace(
                "\"sliding_window\" : null",
                "\"sliding_window\" : " + (family == Family.MISTRAL ? "5" : "null"))
            .replace("\"tie_word_embeddings\" : true", "\"tie_word_embeddings\" : " + tied));
  }

  /** What the family calls the module that makes queries, alone or with keys and values. */
  static String queryModule(Family family) {
    String name = family.names().attention().query();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  static LanguageModel random(Family family, NDManager owner) {
    return LanguageModel.random(config(family), 5, owner);
  }

  /** Ids without structure, (rows, tokens) int64. */
  static NDArray ids(int rows, int tokens, NDManager owner) {
    SplittableRandom random = new SplittableRandom(11);
    long[] ids = random.longs((long) rows * tokens, 0, VOCABULARY).toArray();
    try (NDArray heapBacked = owner.create(ids, new Shape(rows, tokens))) {
      return heapBacked.duplicate();
    }
  }

  /** Gives parameters that are zero or one when fresh a value that can be seen. */
  static void scramble(LanguageModel model, Map<String, NDArray> parameters) {
    SplittableRandom random = new SplittableRandom(3);
    Map<String, HostTensor> values = new TreeMap<>();
    parameters.forEach(
        (name, array) ->
            values.put(name, RandomTensors.normal(array.getShape().getShape(), 0.3, random)));
    model.setParameters(values);
  }

  static float[] logits(LanguageModel model, NDArray ids) {
    return Torch.withoutRecording(
        () -> {
          try (NDManager scope = ids.getManager().newSubManager()) {
            NDArray hidden = model.hidden(ids);
            hidden.attach(scope);
            return model.logits(hidden).toFloatArray();
          }
        });
  }
}
