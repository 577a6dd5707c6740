package org.coplms.proxy.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.Trainee;
import org.coplms.proxy.train.TrainingDivergedException;

/**
 * One round of the server's LLM that learns texts by cross-entropy alone: as many steps, by the
 * same optimizer and over the same tensors, as co-tuning gives it.
 */
public final class LlmLearner {
  private final ServerTask task;
  private final LanguageModel model;
  private final Trainee tuned;
  private final Compute compute;
  private final Metrics metrics = new Metrics();

  private LlmLearner(ServerTask task, LanguageModel model, Trainee tuned, Compute compute) {
    this.task = task;
    this.model = model;
    this.tuned = tuned;
    this.compute = compute;
  }

  /** What was tuned and its moments in the groups {@code llm} and {@code adam}, and figures. */
  public record Result(KeptState state, List<Metrics.Row> metrics) {}

  /**
   * Runs the round.
   *
   * @param task its θ counts for nothing here
   * @param state what the server kept of the last round, empty in the first
   * @throws TrainingDivergedException when a gradient is not finite
   */
  public static Result run(
      ServerTask task,
      BaseModel llm,
      List<Example> examples,
      Optional<KeptState> state,
      Compute compute) {
    compute.begin();
    List<TokenizedExample> texts =
        Texts.tokenize(examples, llm.tokenizer(), task.format(), task.server().maxTokens());
    try (NDManager manager = compute.newManager();
        LanguageModel model = llm.instantiate(manager)) {
      task.server().tunedLlm().attach(model, task.seed("llm"));
      state.ifPresent(kept -> model.setParameters(kept.group("llm")));
      try (Trainee tuned =
          new Trainee(task.server().tunedLlm().parameters(model), task.server().llm())) {
        state.ifPresent(kept -> tuned.optimizer().restore(kept.group("adam")));
        return new LlmLearner(task, model, tuned, compute).run(texts, manager);
      }
    }
  }

  private Result run(List<TokenizedExample> texts, NDManager manager) {
    int steps = task.server().llmSteps();
    Batches batches = new Batches(texts.size(), task.server().batchSize(), task.seed("llm-texts"));
    model.training(true, new SplittableRandom(task.seed("dropout")));
    for (int step = 0; step < steps; step++) {
      learn(Texts.pick(texts, batches.next()), step, manager);
      compute.stepped();
    }
    SortedMap<String, HostTensor> kept = new TreeMap<>();
    KeptState.putGroup(kept, "llm", tuned.values());
    KeptState.putGroup(kept, "adam", tuned.optimizer().state());
    return new Result(
        new KeptState(kept, List.of(), 0), metrics.rows(task.round(), Metrics.SERVER));
  }

  private void learn(List<TokenizedExample> batch, int step, NDManager manager) {
    try (NDManager arrays = manager.newSubManager()) {
      double norm =
          tuned.recording(
              () -> {
                NDArray loss = BatchLogits.of(model, batch, LossScope.TEXT, arrays).crossEntropy();
                metrics.observe("server", "llm-ce", loss.getFloat());
                return tuned.step(loss, task.progress(step, task.server().llmSteps()));
              });
      metrics.observe("server", "llm-gradient-norm", norm);
    } catch (TrainingDivergedException e) {
      throw new TrainingDivergedException(
          "server, round %d, batch %d: %s".formatted(task.round(), step + 1, e.getMessage()), e);
    }
  }
}
