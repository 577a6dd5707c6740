package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SplittableRandom;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.TrainingDivergedException;

/**
 * The baseline "tuned alone": an SLM with the same trainable tensors learns its device's private
 * examples by cross-entropy, for as many tokens as co-tuning processed on that device.
 */
public final class StandaloneLearner {
  private StandaloneLearner() {}

  /**
   * Trains until {@code tokens} are reached.
   *
   * @param task names seed and device; its round is 1 of 1
   * @return the SLM's tensors; no DPM takes part
   * @throws TrainingDivergedException when a gradient is not finite
   */
  public static KeptState run(
      EdgeTask task, BaseModel slm, List<Example> examples, long tokens, Compute compute) {
    compute.begin();
    try {
      return tune(task, slm, examples, tokens, compute);
    } catch (TrainingDivergedException e) {
      throw new TrainingDivergedException(
          "edge device %d, tuned alone: %s".formatted(task.deviceId(), e.getMessage()), e);
    }
  }

  private static KeptState tune(
      EdgeTask task, BaseModel slm, List<Example> examples, long tokens, Compute compute) {
    List<TokenizedExample> tokenized =
        Texts.tokenize(examples, slm.tokenizer(), task.format(), task.edge().maxTokens());
    try (SlmTuning tuning =
        SlmTuning.open(slm, task.edge().slm(), task.deviceSeed("slm"), compute)) {
      Batches batches =
          new Batches(tokenized.size(), task.edge().batchSize(), task.seed("standalone"));
      tuning.model().training(true, new SplittableRandom(task.seed("dropout")));
      long done = 0;
      while (done < tokens) {
        List<TokenizedExample> batch = Texts.pick(tokenized, batches.next());
        done += step(tuning, batch, (double) done / tokens);
        compute.stepped();
      }
      return new KeptState(tuning.snapshot(), List.of(), done);
    }
  }

  private static long step(SlmTuning tuning, List<TokenizedExample> batch, double progress) {
    try (NDManager step = tuning.newStep()) {
      return tuning.recordingAll(
          () -> {
            BatchLogits logits = BatchLogits.of(tuning.model(), batch, LossScope.RESPONSE, step);
            NDArray loss = logits.crossEntropy();
            tuning.stepAll(loss, progress);
            return logits.tokens();
          });
    }
  }
}
