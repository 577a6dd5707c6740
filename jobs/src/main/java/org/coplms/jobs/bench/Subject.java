package org.coplms.jobs.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.BaseModel;
import org.coplms.udfs.model.ModelFolder;

/**
 * A model to measure.
 *
 * @param learnsFully whether full training is measured too; its memory is four times the weights'
 */
public record Subject(String name, BaseModel base, boolean learnsFully) {
  static final LoraConfig LORA = new LoraConfig(8, 16, 0, List.of(LoraConfig.ALL_LINEAR));
  private static final int BYTES = 259;

  /** Random weights and a tokenizer of bytes; it never ends a text by itself. */
  public static Subject random(BenchSize size, BenchPlan plan) {
    LmTokenizer tokenizer =
        LmTokenizer.parse(BpeTrainer.train(Map.of(), new BpeTrainer.Spec(BYTES)));
    LmConfig config = size.config(plan.positions());
    try (NDManager manager = Torch.newManager(Device.cpu());
        LanguageModel model = LanguageModel.random(config, 1, manager)) {
      SortedMap<String, HostTensor> weights = model.baseWeights();
      weights.computeIfPresent(
          "model.embed_tokens.weight", (name, table) -> withoutRow(table, tokenizer.eosId()));
      return new Subject(size.label(), BaseModel.of(config, weights, tokenizer), true);
    }
  }

  /** The model with its frozen weights in a precision; owned by {@code owner}. */
  LanguageModel instantiate(Precision precision, NDManager owner) {
    return LanguageModel.of(base.config(), base.weights(), precision, owner);
  }

  /** With the score 0 another token is always more probable. */
  private static HostTensor withoutRow(HostTensor table, int row) {
    float[] values = table.toFloats();
    int width = (int) table.dimension(1);
    Arrays.fill(values, row * width, (row + 1) * width, 0);
    return HostTensor.wrap(table.shape(), values);
  }

  /**
   * A checkpoint.
   *
   * @throws IllegalArgumentException when it has too few positions for the plan
   */
  public static Subject checkpoint(String folder, BenchPlan plan, Configuration files) {
    BaseModel base = ModelFolder.read(folder, files);
    if (base.config().maxPositions() < plan.positions()) {
      throw new IllegalArgumentException(
          "%s has %d positions, --tokens %d and --new-tokens %d need %d"
              .formatted(
                  folder,
                  base.config().maxPositions(),
                  plan.tokens(),
                  plan.newTokens(),
                  plan.positions()));
    }
    String name = folder.replaceAll("/+$", "").replaceAll(".*/", "");
    return new Subject(name, base, false);
  }
}
