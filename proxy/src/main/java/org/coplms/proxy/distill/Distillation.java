package org.coplms.proxy.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.DenseKl;
import org.coplms.proxy.mutual.Objective;
import org.coplms.proxy.mutual.PeerLogits;
import org.coplms.proxy.mutual.PooledKl;
import org.coplms.proxy.mutual.TopK;
import org.coplms.proxy.mutual.VocabularyMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Seeds;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.Trainee;

/**
 * Teaches a new DPM what the LLM says on the server's data: (1 − a) · CE + a · T² · KL(p_L ‖ p_D)
 * over all its weights, with early stopping on the KL of held-out texts.
 */
public final class Distillation implements AutoCloseable {
  private final Compute compute;
  private final DistillConfig config;
  private final NDManager manager;
  private final LanguageModel dpm;
  private final LanguageModel llm;
  private final PeerLogits llmLogits;
  private final VocabularyMap identity;

  private Distillation(
      DistillConfig config,
      BaseModel start,
      BaseModel llmBase,
      PeerLogits llmLogits,
      Compute compute) {
    this.compute = compute;
    this.config = config;
    this.manager = compute.newManager();
    this.dpm = start.instantiate(manager);
    this.llm =
        config.direction() == DenseKl.Direction.FORWARD ? null : llmBase.instantiate(manager);
    this.llmLogits = llmLogits;
    this.identity = VocabularyMap.identity(llmBase.config().vocabSize());
  }

  /**
   * The distilled weights and the course of the validation KL.
   *
   * @param start the DPM before distillation, over the LLM's tokenizer
   * @param texts public and generated texts
   * @param llmLogits the LLM's logits for each of them, by key, at {@code config}'s scope
   */
  public static Distilled run(
      DistillConfig config,
      BaseModel start,
      BaseModel llm,
      List<TokenizedExample> texts,
      PeerLogits llmLogits,
      long seed,
      Compute compute) {
    compute.begin();
    try (Distillation distillation = new Distillation(config, start, llm, llmLogits, compute)) {
      return distillation.run(texts, seed);
    }
  }

  /**
   * What distillation gives.
   *
   * @param weights those with the lowest validation KL
   * @param validationKl nats per position, one value for each look
   * @param steps steps taken
   */
  public record Distilled(
      SortedMap<String, HostTensor> weights, List<Double> validationKl, int steps) {}

  private Distilled run(List<TokenizedExample> texts, long seed) {
    // One batch of all texts is one shuffled epoch.
    int[] order = new Batches(texts.size(), texts.size(), Seeds.at(seed, 0)).next();
    List<TokenizedExample> shuffled = Texts.pick(texts, order);
    int heldOut = (int) Math.round(config.validationShare() * texts.size());
    List<TokenizedExample> validation = shuffled.subList(0, heldOut);
    List<TokenizedExample> training = shuffled.subList(heldOut, shuffled.size());
    Batches batches = new Batches(training.size(), config.batchSize(), Seeds.at(seed, 1));
    BestWeights best = new BestWeights(config.patience());
    try (Trainee weights = new Trainee(dpm.baseParameters(), config.optimizer())) {
      int step = 0;
      while (step < config.steps() && !best.exhausted()) {
        List<TokenizedExample> batch = Texts.pick(training, batches.next());
        double progress = (double) step / config.steps();
        weights.recording(() -> step(weights, batch, progress));
        compute.stepped();
        step++;
        if (!validation.isEmpty()
            && (step % config.evaluateEvery() == 0 || step == config.steps())) {
          best.offer(validationKl(validation), weights);
        }
      }
      return new Distilled(best.weightsOr(weights), best.course(), step);
    }
  }

  private double step(Trainee weights, List<TokenizedExample> batch, double progress) {
    try (NDManager step = manager.newSubManager()) {
      BatchLogits logits = BatchLogits.of(dpm, batch, config.scope(), step);
      NDArray loss =
          Objective.mix(
              logits.crossEntropy(),
              kl(logits, batch, step),
              config.weight(),
              config.temperature());
      return weights.step(loss, progress);
    }
  }

  private double validationKl(List<TokenizedExample> texts) {
    double sum = 0;
    long positions = 0;
    for (int from = 0; from < texts.size(); from += config.batchSize()) {
      List<TokenizedExample> batch =
          texts.subList(from, Math.min(texts.size(), from + config.batchSize()));
      try (NDManager step = manager.newSubManager()) {
        BatchLogits logits = BatchLogits.of(dpm, batch, config.scope(), step);
        long count = logits.logits().getShape().get(0);
        NDArray kl = kl(logits, batch, step);
        sum += kl.getFloat() * count;
        positions += count;
      }
    }
    return sum / positions;
  }

  private NDArray kl(BatchLogits logits, List<TokenizedExample> batch, NDManager step) {
    if (config.direction() == DenseKl.Direction.FORWARD) {
      TopK rows = llmLogits.of(batch.stream().map(TokenizedExample::key).toList());
      return PooledKl.loss(logits.logits(), rows, identity, config.temperature());
    }
    NDArray teacher =
        Torch.withoutRecording(
            () -> BatchLogits.of(llm, batch, config.scope(), step).logits()); // (N, V)
    return DenseKl.loss(logits.logits(), teacher, config.temperature(), config.direction());
  }

  @Override
  public void close() {
    dpm.close();
    if (llm != null) {
      llm.close();
    }
    manager.close();
  }
}
