package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.coplms.proxy.lm.GeneratedPair;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLabel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.Trainee;
import org.coplms.proxy.train.TrainingDivergedException;

/**
 * One edge device's round: domain-specific tuning (DST), rehearsal sampling, then
 * structure-agnostic mutual learning (SAML) between the SLM and the device's copy of the DPM.
 *
 * <p>Only {@link EdgeResult#theta} may leave the device.
 */
public final class EdgeLearner {
  private final EdgeTask task;
  private final EdgeModels models;
  private final Compute compute;
  private final PairedExample.Readers readers;
  private final List<Example> examples;
  private final List<PairedExample> pairs;
  private final long budget;
  private final RehearsalBuffer buffer;
  private final SortedSet<Long> seen;
  private final Metrics metrics = new Metrics();

  EdgeLearner(EdgeTask task, EdgeModels models, EdgeInputs inputs, Compute compute) {
    this.task = task;
    this.models = models;
    this.compute = compute;
    this.readers =
        new PairedExample.Readers(
            inputs.slm().tokenizer(), inputs.dpm().tokenizer(), task.format());
    this.examples = inputs.examples();
    this.pairs =
        examples.stream().flatMap(e -> pair(e.id(), e.prompt(), e.response()).stream()).toList();
    this.buffer =
        new RehearsalBuffer(
            task.edge().rehearsal().capacity(),
            inputs.state().map(KeptState::rehearsal).orElse(List.of()));
    this.seen =
        new TreeSet<>(inputs.state().map(KeptState::seen).orElse(Collections.emptySortedSet()));
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: none of its %d examples can be learned from; each is longer than %d tokens or unknown to a tokenizer"
              .formatted(task.place(), examples.size(), task.edge().maxTokens()));
    }
    this.budget = budget(inputs);
    metrics.observe("data", "skipped-examples", (double) (examples.size() - pairs.size()));
  }

  /** What the SLM's own tokenizer makes of the examples: a baseline without a DPM has the same. */
  private long budget(EdgeInputs inputs) {
    List<TokenizedExample> texts =
        Texts.tokenize(examples, inputs.slm().tokenizer(), task.format(), task.edge().maxTokens());
    return TokenBudget.ofRound(task.edge(), texts).tokens();
  }

  /**
   * Runs the round.
   *
   * @throws TrainingDivergedException naming device, round and batch, when a loss or a gradient is
   *     not finite
   * @throws DistillationException when a model cannot learn from its peer
   */
  public static EdgeResult run(EdgeTask task, EdgeInputs inputs, Compute compute) {
    compute.begin();
    try (EdgeModels models = EdgeModels.open(task, inputs, compute)) {
      long tokens = inputs.state().map(KeptState::tokens).orElse(0L);
      return new EdgeLearner(task, models, inputs, compute).run(tokens);
    } catch (TrainingDivergedException e) {
      throw new TrainingDivergedException(task.place() + ": " + e.getMessage(), e);
    }
  }

  /** The round over opened models; {@code tokensBefore} were learned in earlier rounds. */
  EdgeResult run(long tokensBefore) {
    long tokens = tuneDomain();
    if (task.edge().rehearsal().enabled()) {
      rehearse();
    }
    List<PairedExample> rehearsal = rehearsalPairs();
    AlignmentCoverage.of(pairs).observe(metrics, "", examples.size());
    AlignmentCoverage.of(rehearsal).observe(metrics, "rehearsal-", buffer.pairs().size());
    MutualLearning saml = new MutualLearning(task, models, readers, metrics, compute);
    tokens += saml.run(pairs, rehearsal, budget - tokens);
    metrics.observe("data", "slm-tokens", (double) tokens);
    metrics.observe("data", "slm-token-budget", (double) budget);
    return new EdgeResult(
        models.thetaValues(),
        new KeptState(models.snapshot(), buffer.pairs(), tokensBefore + tokens, seen),
        pairs.size(),
        metrics.rows(task.round(), task.deviceId()));
  }

  /** DST: the adapters of both models learn the private examples; returns the SLM's tokens. */
  private long tuneDomain() {
    DstConfig dst = task.edge().dst();
    Batches batches = new Batches(pairs.size(), task.edge().batchSize(), task.seed("dst"));
    long tokens = 0;
    for (int step = 0; step < dst.steps(); step++) {
      List<PairedExample> batch = Texts.pick(pairs, batches.next());
      double progress = task.progress(step, dst.steps());
      tokens += tuneSlmAdapter(batch, step + 1, progress);
      tuneDpmAdapter(batch, step + 1, progress);
      compute.stepped();
    }
    return tokens;
  }

  private long tuneSlmAdapter(List<PairedExample> batch, int number, double progress) {
    List<TokenizedExample> texts = PairedExample.slm(batch);
    BatchLabel label = BatchLabel.of("DST of the SLM", number, texts);
    Trainee adapter = models.slm().adapter();
    try (NDManager step = models.newStep()) {
      return label.guard(
          () ->
              adapter.recording(
                  () -> {
                    BatchLogits logits =
                        BatchLogits.of(models.slm().model(), texts, LossScope.RESPONSE, step);
                    return learnText(logits, adapter, "slm-ce", label, progress);
                  }));
    }
  }

  private long tuneDpmAdapter(List<PairedExample> batch, int number, double progress) {
    List<TokenizedExample> texts = PairedExample.dpm(batch);
    BatchLabel label = BatchLabel.of("DST of the DPM", number, texts);
    Trainee adapter = models.dpmAdapter();
    try (NDManager step = models.newStep()) {
      return label.guard(
          () ->
              adapter.recording(
                  () -> {
                    BatchLogits logits = BatchLogits.of(models.dpm(), texts, LossScope.TEXT, step);
                    return learnText(logits, adapter, "dpm-ce", label, progress);
                  }));
    }
  }

  private long learnText(
      BatchLogits logits, Trainee adapter, String name, BatchLabel label, double progress) {
    NDArray loss = logits.crossEntropy();
    metrics.observe("dst", name, label.finite(name, loss));
    adapter.step(loss, progress);
    return logits.tokens();
  }

  /** Draws pairs from the DPM with and without its adapter, before θ sees this round's data. */
  private void rehearse() {
    RehearsalConfig rehearsal = task.edge().rehearsal();
    Set<String> own = examples.stream().map(Example::prompt).collect(Collectors.toSet());
    int most = (int) Math.round(rehearsal.samples() * rehearsal.keep());
    int fromGlobal = (int) Math.round(most * rehearsal.globalShare());
    List<RehearsalPair> fresh = new ArrayList<>();
    fresh.addAll(view("local", true, most - fromGlobal, own));
    fresh.addAll(view("global", false, fromGlobal, own));
    buffer.add(fresh);
    seen.addAll(PromptHash.ofAll(fresh.stream().map(RehearsalPair::prompt).toList()));
  }

  private List<RehearsalPair> view(String name, boolean adapter, int most, Set<String> own) {
    if (most == 0) {
      return List.of();
    }
    RehearsalConfig rehearsal = task.edge().rehearsal();
    models.dpm().adapterActive(adapter);
    List<GeneratedPair> generated =
        new Generator(models.dpm(), readers.dpm(), task.format())
            .samplePairs(
                rehearsal.samples(),
                rehearsal.temperature(),
                rehearsal.maxTokens(),
                task.seed("rehearsal-" + name));
    models.dpm().adapterActive(true);
    List<RehearsalPair> kept = RehearsalBuffer.select(generated, own, rehearsal.keep(), most);
    long copies = generated.stream().filter(pair -> own.contains(pair.prompt())).count();
    metrics.observe("rehearsal", name + "-drawn", generated.size());
    metrics.observe("rehearsal", name + "-own-prompts", (double) copies);
    metrics.observe("rehearsal", name + "-kept", kept.size());
    return kept;
  }

  private List<PairedExample> rehearsalPairs() {
    List<RehearsalPair> kept = buffer.pairs();
    return IntStream.range(0, kept.size())
        .boxed()
        .flatMap(i -> pair("rehearsal-" + i, kept.get(i).prompt(), kept.get(i).response()).stream())
        .toList();
  }

  private Optional<PairedExample> pair(String key, String prompt, String response) {
    return PairedExample.of(key, prompt, response, readers, task.edge().maxTokens());
  }
}
