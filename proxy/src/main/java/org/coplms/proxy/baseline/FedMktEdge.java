package org.coplms.proxy.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.coplms.proxy.cotune.EdgeTask;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.proxy.cotune.SlmTuning;
import org.coplms.proxy.cotune.TokenBudget;
import org.coplms.proxy.mutual.MinEdAlignment;
import org.coplms.proxy.tokenizer.LmTokenizer;
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
 * An edge device's round in FedMKT: the SLM learns private examples by cross-entropy and says what
 * it knows of the public texts; then, with the LLM's word on them, it learns the public texts.
 *
 * <p>Both phases together have the tokens of {@link TokenBudget#ofRound}. Only {@link
 * PrivateResult#knowledge} may leave the device. The domain adapter's moments start anew in each
 * phase, those of the tuned tensors go on.
 */
public final class FedMktEdge {
  private static final String PRIVATE_TOKENS = "slm-private-tokens";

  private final EdgeTask task;
  private final FedMktConfig config;
  private final SlmTuning tuning;
  private final Compute compute;
  private final List<TokenizedExample> own;
  private final List<TokenizedExample> shared;
  private final long budget;
  private final Metrics metrics = new Metrics();

  private FedMktEdge(
      EdgeTask task, FedMktConfig config, Inputs inputs, SlmTuning tuning, Compute compute) {
    this.task = task;
    this.config = config;
    this.tuning = tuning;
    this.compute = compute;
    this.own = tokenized(inputs.examples(), inputs.slm());
    this.shared = tokenized(inputs.publicExamples(), inputs.slm());
    this.budget = TokenBudget.ofRound(task.edge(), own).tokens();
  }

  /**
   * What a device holds at the start of a phase.
   *
   * @param examples its private training examples
   * @param publicExamples this round's public texts
   * @param state what the phase before left, in the first round's first phase nothing
   */
  public record Inputs(
      BaseModel slm,
      List<Example> examples,
      List<Example> publicExamples,
      Optional<KeptState> state) {}

  /**
   * What the private phase leaves.
   *
   * @param state stays on the device
   * @param knowledge of the public texts, to be uploaded
   * @param tokens learned in this phase
   */
  public record PrivateResult(
      KeptState state, FedMktKnowledge knowledge, long tokens, List<Metrics.Row> metrics) {}

  /**
   * What the public phase goes by.
   *
   * @param own what the SLM knew after the private phase
   * @param llm what the server sent
   * @param tokenizer the LLM's
   * @param llmMaxTokens longest text, in tokens of the LLM
   * @param privateTokens learned in the private phase
   */
  public record Advice(
      FedMktKnowledge own,
      FedMktKnowledge llm,
      LmTokenizer tokenizer,
      int llmMaxTokens,
      long privateTokens) {}

  /** What the public phase leaves, the round's end. */
  public record PublicResult(KeptState state, List<Metrics.Row> metrics) {}

  /**
   * The private phase.
   *
   * @throws TrainingDivergedException when a gradient is not finite
   */
  public static PrivateResult learnPrivate(
      EdgeTask task, FedMktConfig config, Inputs inputs, Compute compute) {
    compute.begin();
    try (SlmTuning tuning = open(task, inputs, compute)) {
      return new FedMktEdge(task, config, inputs, tuning, compute).learnPrivate(inputs.state());
    } catch (TrainingDivergedException e) {
      throw at(task, e);
    }
  }

  /** {@link PrivateResult#tokens} as its metrics have it. */
  public static long privateTokens(List<Metrics.Row> metrics) {
    return metrics.stream()
        .filter(row -> row.name().equals(PRIVATE_TOKENS))
        .mapToLong(row -> (long) row.value())
        .findFirst()
        .orElseThrow();
  }

  /**
   * The public phase.
   *
   * @throws TrainingDivergedException when a gradient is not finite
   */
  public static PublicResult learnPublic(
      EdgeTask task, FedMktConfig config, Inputs inputs, Advice advice, Compute compute) {
    compute.begin();
    try (SlmTuning tuning = open(task, inputs, compute)) {
      return new FedMktEdge(task, config, inputs, tuning, compute).learnPublic(inputs, advice);
    } catch (TrainingDivergedException e) {
      throw at(task, e);
    }
  }

  private static TrainingDivergedException at(EdgeTask task, TrainingDivergedException cause) {
    return new TrainingDivergedException(task.place() + ": " + cause.getMessage(), cause);
  }

  private static SlmTuning open(EdgeTask task, Inputs inputs, Compute compute) {
    SlmTuning tuning =
        SlmTuning.open(inputs.slm(), task.edge().slm(), task.deviceSeed("slm"), compute);
    inputs.state().ifPresent(tuning::restore);
    return tuning;
  }

  private PrivateResult learnPrivate(Optional<KeptState> before) {
    long due = Math.round((1 - config.publicShare()) * budget);
    long tokens =
        learn(
            new Phase("private", own, 0, due),
            (logits, batch, step) -> {
              NDArray loss = logits.crossEntropy();
              metrics.observe("fedmkt", "slm-ce", loss.getFloat());
              return loss;
            });
    metrics.observe("data", PRIVATE_TOKENS, (double) tokens);
    KeptState state =
        new KeptState(
            tuning.snapshot(),
            List.of(),
            before.map(KeptState::tokens).orElse(0L) + tokens,
            before.map(KeptState::seen).orElseGet(TreeSet::new));
    FedMktKnowledge knowledge;
    try (NDManager owner = tuning.newStep()) {
      knowledge = new FedMktRecorder(tuning.model(), config).record(shared, owner);
    }
    return new PrivateResult(state, knowledge, tokens, metrics.rows(task.round(), task.deviceId()));
  }

  private PublicResult learnPublic(Inputs inputs, Advice advice) {
    KeptState before = inputs.state().orElseThrow();
    FedMktTargets targets = targets(inputs, advice);
    metrics.observe("fedmkt", "slm-taught-share", (double) targets.size() / shared.size());
    metrics.observe("fedmkt", "slm-aligned-share", targets.alignedShare(shared));
    Map<String, Long> foreign = foreignPrompts(inputs);
    SortedSet<Long> seen = new TreeSet<>(before.seen());
    long tokens =
        learn(
            new Phase("public", shared, advice.privateTokens(), budget),
            (logits, batch, step) -> {
              batch.stream()
                  .map(TokenizedExample::key)
                  .filter(foreign::containsKey)
                  .forEach(key -> seen.add(foreign.get(key)));
              return targets.loss(logits, batch, "slm", metrics, step);
            });
    metrics.observe("data", "slm-tokens", (double) (advice.privateTokens() + tokens));
    metrics.observe("data", "slm-token-budget", (double) budget);
    return new PublicResult(
        new KeptState(tuning.snapshot(), List.of(), before.tokens() + tokens, seen),
        metrics.rows(task.round(), task.deviceId()));
  }

  /** The LLM teaches the texts on which its cross-entropy is the lower one. */
  private FedMktTargets targets(Inputs inputs, Advice advice) {
    FedMktTargets targets = new FedMktTargets(config);
    Map<String, TokenizedExample> read =
        shared.stream().collect(Collectors.toMap(TokenizedExample::key, text -> text));
    for (Example example : inputs.publicExamples()) {
      String id = example.id();
      double own = advice.own().crossEntropy(id).orElse(Double.NEGATIVE_INFINITY);
      if (read.containsKey(id)
          && advice.llm().crossEntropy(id).orElse(Double.POSITIVE_INFINITY) < own) {
        TokenizedExample other =
            TokenizedExample.of(
                    id,
                    example.prompt(),
                    example.response(),
                    advice.tokenizer(),
                    task.format(),
                    advice.llmMaxTokens())
                .orElseThrow();
        targets.teach(
            new MinEdAlignment.Side(read.get(id), inputs.slm().tokenizer()),
            new MinEdAlignment.Side(other, advice.tokenizer()),
            advice.llm());
      }
    }
    return targets;
  }

  /** Hashes of the public prompts that are none of the device's own, by the texts' ids. */
  private static Map<String, Long> foreignPrompts(Inputs inputs) {
    Set<String> own =
        inputs.examples().stream().map(Example::prompt).collect(Collectors.toUnmodifiableSet());
    return inputs.publicExamples().stream()
        .filter(text -> !own.contains(text.prompt()))
        .collect(Collectors.toMap(Example::id, text -> PromptHash.of(text.prompt())));
  }

  /** Texts that are learned until {@code until} tokens of the round are done. */
  private record Phase(String name, List<TokenizedExample> texts, long from, long until) {}

  private interface BatchLoss {
    NDArray of(BatchLogits logits, List<TokenizedExample> batch, NDManager step);
  }

  /** Returns the tokens of the phase. */
  private long learn(Phase phase, BatchLoss loss) {
    tuning.model().training(true, new SplittableRandom(task.seed(phase.name() + "-dropout")));
    Batches batches =
        new Batches(phase.texts().size(), task.edge().batchSize(), task.seed(phase.name()));
    long done = phase.from();
    for (int batch = 1; done < phase.until(); batch++) {
      try {
        done += step(Texts.pick(phase.texts(), batches.next()), done, loss);
      } catch (TrainingDivergedException e) {
        throw new TrainingDivergedException(
            "batch %d of %s texts: %s".formatted(batch, phase.name(), e.getMessage()), e);
      }
      compute.stepped();
    }
    tuning.model().training(false, null);
    return done - phase.from();
  }

  private long step(List<TokenizedExample> batch, long done, BatchLoss loss) {
    try (NDManager step = tuning.newStep()) {
      return tuning.recordingAll(
          () -> {
            BatchLogits logits = BatchLogits.of(tuning.model(), batch, LossScope.RESPONSE, step);
            tuning.stepAll(loss.of(logits, batch, step), task.progress(done, budget));
            return logits.tokens();
          });
    }
  }

  private List<TokenizedExample> tokenized(List<Example> examples, BaseModel slm) {
    try {
      return Texts.tokenize(examples, slm.tokenizer(), task.format(), task.edge().maxTokens());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(task.place() + ": " + e.getMessage(), e);
    }
  }
}
