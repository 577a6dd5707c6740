package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.coplms.proxy.lm.GeneratedPair;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.LogitRecorder;
import org.coplms.proxy.mutual.PeerLogits;
import org.coplms.proxy.mutual.PooledKl;
import org.coplms.proxy.mutual.TopK;
import org.coplms.proxy.mutual.VocabularyMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLabel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.Trainee;
import org.coplms.proxy.train.TrainingDivergedException;

/**
 * The server's round: first the DPM learns from public data and from the LLM's cached logits, then
 * the LLM from public data, from pairs that the merged DPM generates, and from the DPM's logits.
 *
 * <p>DPM and LLM share tokenizer and vocabulary, so the vocabulary map is the identity.
 */
public final class ServerLearner {
  private static final int RECORDING_BATCH = 64;

  private final ServerTask task;
  private final ServerInputs inputs;
  private final Compute compute;
  private final NDManager manager;
  private final SplittableRandom dropout;
  private final VocabularyMap identity;
  private final Metrics metrics = new Metrics();
  private final GradientHealth health;

  private ServerLearner(ServerTask task, ServerInputs inputs, Compute compute, NDManager manager) {
    this.task = task;
    this.inputs = inputs;
    this.compute = compute;
    this.manager = manager;
    this.dropout = new SplittableRandom(task.seed("dropout"));
    this.identity = VocabularyMap.identity(inputs.dpm().config().vocabSize());
    this.health = new GradientHealth(place(task), metrics);
  }

  /**
   * Runs the server's part of a round; without steps it is {@link #idle}.
   *
   * @throws TrainingDivergedException naming round and batch, when a loss or a gradient is not
   *     finite
   * @throws DistillationException when a model cannot learn from its peer
   */
  public static ServerResult run(ServerTask task, ServerInputs inputs, Compute compute) {
    if (!task.server().learns()) {
      return idle(inputs.theta(), inputs.state());
    }
    compute.begin();
    try (NDManager manager = compute.newManager()) {
      return new ServerLearner(task, inputs, compute, manager).run();
    } catch (TrainingDivergedException e) {
      throw new TrainingDivergedException(place(task) + ": " + e.getMessage(), e);
    }
  }

  /** A round in which the server only merges: no model is needed, θ and the state stay. */
  public static ServerResult idle(SortedMap<String, HostTensor> theta, Optional<KeptState> state) {
    return new ServerResult(
        theta, state.orElse(new KeptState(new TreeMap<>(), List.of(), 0)), List.of());
  }

  private static String place(ServerTask task) {
    return "server, round " + task.round();
  }

  private ServerResult run() {
    Optional<KeptState> state = inputs.state();
    List<TokenizedExample> shared =
        Texts.tokenize(
            inputs.publicExamples(),
            inputs.dpm().tokenizer(),
            task.format(),
            task.server().maxTokens());
    try (LanguageModel dpm = inputs.dpm().instantiate(manager)) {
      task.theta().attach(dpm, task.seed("theta"));
      dpm.setParameters(inputs.theta());
      RehearsalBuffer buffer =
          new RehearsalBuffer(
              task.server().generatedCapacity(), state.map(KeptState::rehearsal).orElse(List.of()));
      buffer.add(generate(dpm));
      List<TokenizedExample> generated = tokenizeGenerated(buffer);
      SortedMap<String, HostTensor> theta = tuneDpm(dpm, shared, generated);
      SortedMap<String, HostTensor> llm = tuneLlm(dpm, shared, generated);
      return new ServerResult(
          theta, new KeptState(llm, buffer.pairs(), 0), metrics.rows(task.round(), Metrics.SERVER));
    }
  }

  private List<RehearsalPair> generate(LanguageModel dpm) {
    ServerConfig server = task.server();
    if (server.generated() == 0) {
      return List.of();
    }
    List<GeneratedPair> drawn =
        new Generator(dpm, inputs.dpm().tokenizer(), task.format())
            .samplePairs(
                server.generated(),
                server.generatedTemperature(),
                server.maxTokens(),
                task.seed("generated"));
    List<RehearsalPair> kept =
        RehearsalBuffer.select(drawn, Set.of(), server.generatedKeep(), server.generated());
    metrics.observe("server", "generated-drawn", drawn.size());
    metrics.observe("server", "generated-kept", kept.size());
    return kept;
  }

  /** The pairs that fit and that the tokenizer reads as they were written. */
  private List<TokenizedExample> tokenizeGenerated(RehearsalBuffer buffer) {
    List<TokenizedExample> texts = new ArrayList<>();
    for (RehearsalPair pair : buffer.pairs()) {
      TokenizedExample.of(
              "generated-" + texts.size(),
              pair.prompt(),
              pair.response(),
              inputs.dpm().tokenizer(),
              task.format(),
              task.server().maxTokens())
          .ifPresent(texts::add);
    }
    return texts;
  }

  /** θ learns public text, the LLM's distribution there, and the generated text. */
  private SortedMap<String, HostTensor> tuneDpm(
      LanguageModel dpm, List<TokenizedExample> shared, List<TokenizedExample> generated) {
    ServerConfig server = task.server();
    dpm.training(true, dropout.split());
    try (Trainee theta = new Trainee(task.theta().trained(dpm), server.theta())) {
      Side side = new Side("dpm", dpm, theta, server.dpmLambda());
      MixedBatches batches = batches(shared, generated, "theta");
      for (int step = 0; step < server.thetaSteps(); step++) {
        double progress = (double) step / server.thetaSteps();
        MixedBatches.Mixed batch = batches.next();
        BatchLabel label = BatchLabel.of("DPM", step + 1, batch.all());
        label.guard(
            () ->
                theta.recording(
                    () -> {
                      learnPublic(side, batch.shared(), inputs.llmLogits(), label);
                      learnGenerated(side, batch.generated(), Optional.empty(), label);
                      return theta.step(progress);
                    }));
        compute.stepped();
      }
      return HostTensor.copyOf(task.theta().parameters(dpm));
    } finally {
      dpm.training(false, null);
    }
  }

  /**
   * The LLM learns public and generated text, and the DPM's distribution on both; without steps the
   * LLM is not touched, and its last state stays.
   */
  private SortedMap<String, HostTensor> tuneLlm(
      LanguageModel dpm, List<TokenizedExample> shared, List<TokenizedExample> generated) {
    ServerConfig server = task.server();
    Optional<KeptState> state = inputs.state();
    if (server.llmSteps() == 0) {
      return state.map(KeptState::tensors).orElse(new TreeMap<>());
    }
    try (LanguageModel llm = inputs.llm().instantiate(manager)) {
      server.tunedLlm().attach(llm, task.seed("llm"));
      llm.training(true, dropout.split());
      state.ifPresent(kept -> llm.setParameters(kept.group("llm")));
      try (Trainee tuned = new Trainee(server.tunedLlm().trained(llm), server.llm())) {
        state
            .map(kept -> kept.group("adam"))
            .filter(moments -> !moments.isEmpty())
            .ifPresent(tuned.optimizer()::restore);
        learnLlm(dpm, new Side("llm", llm, tuned, server.llmLambda()), shared, generated);
        SortedMap<String, HostTensor> kept = new TreeMap<>();
        KeptState.putGroup(kept, "llm", tuned.values());
        KeptState.putGroup(kept, "adam", tuned.optimizer().state());
        return kept;
      }
    }
  }

  private void learnLlm(
      LanguageModel dpm,
      Side llm,
      List<TokenizedExample> shared,
      List<TokenizedExample> generated) {
    ServerConfig server = task.server();
    MixedBatches batches = batches(shared, generated, "llm");
    LogitRecorder recorder =
        new LogitRecorder(dpm, LossScope.TEXT, server.topK(), server.temperature());
    for (int step = 0; step < server.llmSteps(); step++) {
      double progress = task.progress(step, server.llmSteps());
      MixedBatches.Mixed batch = batches.next();
      BatchLabel label = BatchLabel.of("LLM", step + 1, batch.all());
      label.guard(
          () -> {
            PeerLogits dpmLogits = recorder.recordAll(batch.all(), RECORDING_BATCH, manager);
            return llm.tensors()
                .recording(
                    () -> {
                      learnPublic(llm, batch.shared(), dpmLogits, label);
                      learnGenerated(llm, batch.generated(), Optional.of(dpmLogits), label);
                      return llm.tensors().step(progress);
                    });
          });
      compute.stepped();
    }
  }

  /**
   * A model of the server that learns.
   *
   * @param name in metrics
   * @param lambda weight of the peer's knowledge
   */
  private record Side(String name, LanguageModel model, Trainee tensors, double lambda) {}

  /** Adds the gradient of a batch's public part, the first to come. */
  private void learnPublic(
      Side side, List<TokenizedExample> batch, PeerLogits peer, BatchLabel label) {
    try (NDManager step = manager.newSubManager()) {
      MutualLoss loss = loss(side, side.name(), batch, Optional.of(peer), label, step);
      health.check("server", side.name(), loss, side.tensors(), label);
      Torch.backward(loss.total());
    }
  }

  /** Adds the gradient of a batch's generated part, if it has one. */
  private void learnGenerated(
      Side side, List<TokenizedExample> batch, Optional<PeerLogits> peer, BatchLabel label) {
    if (batch.isEmpty()) {
      return;
    }
    try (NDManager step = manager.newSubManager()) {
      Torch.backward(loss(side, side.name() + "-generated", batch, peer, label, step).total());
    }
  }

  private MutualLoss loss(
      Side side,
      String name,
      List<TokenizedExample> batch,
      Optional<PeerLogits> peer,
      BatchLabel label,
      NDManager step) {
    BatchLogits logits = BatchLogits.of(side.model(), batch, LossScope.TEXT, step);
    NDArray crossEntropy = logits.crossEntropy();
    metrics.observe("server", name + "-ce", label.finite(name + "-ce", crossEntropy));
    if (peer.isEmpty() || side.lambda() == 0) {
      return MutualLoss.ofText(crossEntropy);
    }
    double temperature = peer.get().temperature();
    TopK rows = peer.get().of(batch.stream().map(TokenizedExample::key).toList());
    NDArray kl = PooledKl.loss(logits.logits(), rows, identity, temperature);
    metrics.observe("server", name + "-kl", label.finite(name + "-kl", kl));
    return MutualLoss.of(crossEntropy, kl, side.lambda(), temperature);
  }

  private MixedBatches batches(
      List<TokenizedExample> shared, List<TokenizedExample> generated, String purpose) {
    return new MixedBatches(
        shared, generated, task.server().batchSize(), kind -> task.seed(purpose + "-" + kind));
  }
}
