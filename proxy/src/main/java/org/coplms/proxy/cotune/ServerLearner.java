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
import java.util.stream.Stream;
import org.coplms.proxy.lm.GeneratedPair;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.LogitRecorder;
import org.coplms.proxy.mutual.Objective;
import org.coplms.proxy.mutual.PeerLogits;
import org.coplms.proxy.mutual.PooledKl;
import org.coplms.proxy.mutual.TopK;
import org.coplms.proxy.mutual.VocabularyMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
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

  private ServerLearner(ServerTask task, ServerInputs inputs, Compute compute, NDManager manager) {
    this.task = task;
    this.inputs = inputs;
    this.compute = compute;
    this.manager = manager;
    this.dropout = new SplittableRandom(task.seed("dropout"));
    this.identity = VocabularyMap.identity(inputs.llm().config().vocabSize());
  }

  /**
   * Runs the server's part of a round.
   *
   * @throws TrainingDivergedException when a gradient is not finite
   */
  public static ServerResult run(ServerTask task, ServerInputs inputs, Compute compute) {
    compute.begin();
    try (NDManager manager = compute.newManager()) {
      return new ServerLearner(task, inputs, compute, manager).run();
    } catch (TrainingDivergedException e) {
      throw new TrainingDivergedException(
          "server, round %d: %s".formatted(task.round(), e.getMessage()), e);
    }
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
      dpm.attachLora(task.theta().lora(), task.seed("theta"));
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
    try (Trainee theta = new Trainee(task.theta().trained(dpm.loraParameters()), server.theta())) {
      MixedBatches batches = new MixedBatches(shared, generated, server.batchSize(), "theta");
      for (int step = 0; step < server.thetaSteps(); step++) {
        double progress = (double) step / server.thetaSteps();
        MixedBatches.Mixed batch = batches.next();
        theta.recording(
            () -> {
              learn(dpm, batch.shared(), inputs.llmLogits(), server.dpmLambda(), "dpm");
              learn(dpm, batch.generated(), null, 0, "dpm-generated");
              return theta.step(progress);
            });
        compute.stepped();
      }
      return HostTensor.copyOf(dpm.loraParameters());
    } finally {
      dpm.training(false, null);
    }
  }

  /** The LLM's LoRA learns public and generated text, and the DPM's distribution on both. */
  private SortedMap<String, HostTensor> tuneLlm(
      LanguageModel dpm, List<TokenizedExample> shared, List<TokenizedExample> generated) {
    ServerConfig server = task.server();
    Optional<KeptState> state = inputs.state();
    try (LanguageModel llm = inputs.llm().instantiate(manager)) {
      llm.attachLora(server.llmLora(), task.seed("llm"));
      llm.training(true, dropout.split());
      state.ifPresent(kept -> llm.setParameters(kept.group("llm")));
      try (Trainee lora = new Trainee(llm.loraParameters(), server.llm())) {
        state.ifPresent(kept -> lora.optimizer().restore(kept.group("adam")));
        MixedBatches batches = new MixedBatches(shared, generated, server.batchSize(), "llm");
        LogitRecorder recorder =
            new LogitRecorder(dpm, LossScope.TEXT, server.topK(), server.temperature());
        for (int step = 0; step < server.llmSteps(); step++) {
          double progress = task.progress(step, server.llmSteps());
          MixedBatches.Mixed batch = batches.next();
          PeerLogits dpmLogits = recorder.recordAll(batch.all(), RECORDING_BATCH, manager);
          lora.recording(() -> stepLlm(llm, lora, batch, dpmLogits, progress));
          compute.stepped();
        }
        SortedMap<String, HostTensor> kept = new TreeMap<>();
        KeptState.putGroup(kept, "llm", lora.values());
        KeptState.putGroup(kept, "adam", lora.optimizer().state());
        return kept;
      }
    }
  }

  private double stepLlm(
      LanguageModel llm,
      Trainee lora,
      MixedBatches.Mixed batch,
      PeerLogits dpmLogits,
      double progress) {
    double lambda = task.server().llmLambda();
    learn(llm, batch.shared(), dpmLogits, lambda, "llm");
    learn(llm, batch.generated(), dpmLogits, lambda, "llm-generated");
    return lora.step(progress);
  }

  /** Adds the gradient of one part of a batch. */
  private void learn(
      LanguageModel model,
      List<TokenizedExample> batch,
      PeerLogits peer,
      double lambda,
      String name) {
    if (batch.isEmpty()) {
      return;
    }
    try (NDManager step = manager.newSubManager()) {
      BatchLogits logits = BatchLogits.of(model, batch, LossScope.TEXT, step);
      NDArray loss = logits.crossEntropy();
      metrics.observe("server", name + "-ce", loss.getFloat());
      if (peer != null && lambda > 0) {
        TopK rows = peer.of(batch.stream().map(TokenizedExample::key).toList());
        NDArray kl = PooledKl.loss(logits.logits(), rows, identity, peer.temperature());
        metrics.observe("server", name + "-kl", kl.getFloat());
        loss = Objective.mix(loss, kl, lambda, peer.temperature());
      }
      Torch.backward(loss);
    }
  }

  /** Batches that are half public and half generated, or all public while nothing is generated. */
  private final class MixedBatches {
    private final List<TokenizedExample> shared;
    private final List<TokenizedExample> generated;
    private final Batches sharedBatches;
    private final Optional<Batches> generatedBatches;

    MixedBatches(
        List<TokenizedExample> shared, List<TokenizedExample> generated, int size, String purpose) {
      this.shared = shared;
      this.generated = generated;
      int half = generated.isEmpty() ? size : (size + 1) / 2;
      this.sharedBatches = new Batches(shared.size(), half, task.seed(purpose + "-public"));
      this.generatedBatches =
          generated.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new Batches(
                      generated.size(),
                      Math.max(1, size - half),
                      task.seed(purpose + "-generated")));
    }

    Mixed next() {
      return new Mixed(
          Texts.pick(shared, sharedBatches.next()),
          generatedBatches.map(b -> Texts.pick(generated, b.next())).orElse(List.of()));
    }

    record Mixed(List<TokenizedExample> shared, List<TokenizedExample> generated) {
      List<TokenizedExample> all() {
        return Stream.concat(shared.stream(), generated.stream()).toList();
      }
    }
  }
}
