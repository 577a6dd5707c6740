package org.coplms.proxy.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.EdgeTask;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.proxy.cotune.SlmTuning;
import org.coplms.proxy.cotune.TokenBudget;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.TrainingDivergedException;

/**
 * One round of an SLM that learns on its device by cross-entropy alone: its private examples and,
 * where there are any, shared texts, for the tokens of {@link TokenBudget#ofRound}.
 *
 * <p>Weights, moments of the tuned tensors and the schedule go on from round to round; the domain
 * adapter's moments start anew, as in co-tuning.
 */
public final class LocalLearner {
  private final EdgeTask task;
  private final boolean adapter;
  private final SlmTuning tuning;
  private final Compute compute;
  private final List<TokenizedExample> own;
  private final Turns turns;
  private final Map<String, Long> foreignPrompts;
  private final SortedSet<Long> seen;
  private final Metrics metrics = new Metrics();

  private LocalLearner(LocalTask task, LocalInputs inputs, SlmTuning tuning, Compute compute) {
    this.task = task.edge();
    this.adapter = task.adapter();
    this.tuning = tuning;
    this.compute = compute;
    this.own = tokenized(inputs.examples(), inputs);
    boolean sharing = task.sharedShare() > 0 && !inputs.shared().isEmpty();
    List<TokenizedExample> shared = sharing ? tokenized(inputs.shared(), inputs) : List.of();
    int size = task.edge().edge().batchSize();
    this.turns =
        new Turns(
            new Turns.Source(own, size, task.edge().seed("local")),
            new Turns.Source(shared, size, task.edge().seed("shared")),
            sharing ? task.sharedShare() : 0);
    this.foreignPrompts = foreignPrompts(inputs);
    this.seen = new TreeSet<>(inputs.state().map(KeptState::seen).orElseGet(TreeSet::new));
    double skipped = (double) inputs.examples().size() - own.size();
    metrics.observe("data", "skipped-examples", skipped);
  }

  /**
   * Runs the round.
   *
   * @throws IllegalArgumentException when no example can be learned from
   * @throws TrainingDivergedException when a gradient is not finite
   */
  public static LocalResult run(LocalTask task, LocalInputs inputs, Compute compute) {
    compute.begin();
    EdgeTask edge = task.edge();
    try (SlmTuning tuning =
        SlmTuning.open(inputs.slm(), edge.edge().slm(), edge.deviceSeed("slm"), compute)) {
      KeptState start = inputs.state().orElseGet(() -> state(tuning, 0, new TreeSet<>()));
      tuning.restore(Received.into(start, inputs.received()));
      return new LocalLearner(task, inputs, tuning, compute).run(start.tokens());
    }
  }

  private LocalResult run(long tokensBefore) {
    EdgeConfig edge = task.edge();
    long budget = TokenBudget.ofRound(edge, own).tokens();
    tuning.model().training(true, new SplittableRandom(task.seed("dropout")));
    long tokens = 0;
    for (int batch = 1; tokens < budget; batch++) {
      tokens += learn(turns.next(), batch, task.progress(tokens, budget));
      compute.stepped();
    }
    metrics.observe("data", "slm-tokens", (double) tokens);
    metrics.observe("data", "slm-token-budget", (double) budget);
    return new LocalResult(
        tuning.tuned().values(),
        state(tuning, tokensBefore + tokens, seen),
        own.size(),
        metrics.rows(task.round(), task.deviceId()));
  }

  private static KeptState state(SlmTuning tuning, long tokens, SortedSet<Long> seen) {
    return new KeptState(tuning.snapshot(), List.of(), tokens, seen);
  }

  private long learn(Turns.Turn turn, int batch, double progress) {
    try (NDManager step = tuning.newStep()) {
      return recording(
          () -> {
            BatchLogits logits =
                BatchLogits.of(tuning.model(), turn.texts(), LossScope.RESPONSE, step);
            NDArray loss = logits.crossEntropy();
            metrics.observe("local", "slm-ce", loss.getFloat());
            if (turn.shared()) {
              metrics.observe("local", "shared-ce", loss.getFloat());
              turn.texts().forEach(text -> see(text.key()));
            }
            metrics.observe("local", "slm-gradient-norm", step(loss, progress));
            return logits.tokens();
          });
    } catch (TrainingDivergedException e) {
      throw new TrainingDivergedException(
          "%s, batch %d of %s texts: %s"
              .formatted(task.place(), batch, turn.shared() ? "shared" : "private", e.getMessage()),
          e);
    }
  }

  private <T> T recording(Supplier<T> body) {
    return adapter ? tuning.recordingAll(body) : tuning.tuned().recording(body);
  }

  private double step(NDArray loss, double progress) {
    return adapter ? tuning.stepAll(loss, progress) : tuning.tuned().step(loss, progress);
  }

  private void see(String id) {
    Long prompt = foreignPrompts.get(id);
    if (prompt != null) {
      seen.add(prompt);
    }
  }

  /** Hashes of the shared prompts that are none of the device's own, by the texts' ids. */
  private static Map<String, Long> foreignPrompts(LocalInputs inputs) {
    Set<String> own =
        inputs.examples().stream().map(Example::prompt).collect(Collectors.toUnmodifiableSet());
    return inputs.shared().stream()
        .filter(text -> !own.contains(text.prompt()))
        .collect(
            Collectors.toMap(
                Example::id, text -> PromptHash.of(text.prompt()), (one, same) -> one));
  }

  private List<TokenizedExample> tokenized(List<Example> examples, LocalInputs inputs) {
    try {
      return Texts.tokenize(
          examples, inputs.slm().tokenizer(), task.format(), task.edge().maxTokens());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(task.place() + ": " + e.getMessage(), e);
    }
  }
}
