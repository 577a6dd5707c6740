package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;

/** Trains a small model from scratch on prompt and response, for runs without checkpoints. */
public final class Pretraining {
  private Pretraining() {}

  /** The trained weights, under their Hugging Face names. */
  public static SortedMap<String, HostTensor> run(
      LmConfig model,
      LmTokenizer tokenizer,
      PromptFormat format,
      List<Example> examples,
      PretrainConfig config,
      long seed,
      Compute compute) {
    compute.begin();
    List<TokenizedExample> texts = Texts.tokenize(examples, tokenizer, format, config.maxTokens());
    try (NDManager manager = compute.newManager();
        LanguageModel lm = LanguageModel.random(model, Seeds.at(seed, 0), manager);
        Trainee weights = new Trainee(lm.baseParameters(), config.optimizer())) {
      Batches batches = new Batches(texts.size(), config.batchSize(), Seeds.at(seed, 1));
      for (int step = 0; step < config.steps(); step++) {
        List<TokenizedExample> batch = Texts.pick(texts, batches.next());
        double progress = (double) step / config.steps();
        weights.recording(() -> step(lm, weights, batch, progress, manager));
        compute.stepped();
      }
      return weights.values();
    }
  }

  private static double step(
      LanguageModel lm,
      Trainee weights,
      List<TokenizedExample> batch,
      double progress,
      NDManager manager) {
    try (NDManager step = manager.newSubManager()) {
      NDArray loss = BatchLogits.of(lm, batch, LossScope.TEXT, step).crossEntropy();
      return weights.step(loss, progress);
    }
  }
}
