package org.coplms.proxy.baseline;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.MinEdAlignment;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tokenizer.LmTokenizer;
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
 * The server's round in FedMKT: the LLM learns the public texts, each from the device that knows it
 * best where one knows it better than the LLM, and then says what it knows of them.
 */
public final class FedMktServer {
  private final ServerTask task;
  private final FedMktConfig config;
  private final Compute compute;
  private final NDManager manager;
  private final LanguageModel llm;
  private final List<TokenizedExample> texts;
  private final Metrics metrics = new Metrics();

  private FedMktServer(
      ServerTask task,
      FedMktConfig config,
      Inputs inputs,
      NDManager manager,
      LanguageModel llm,
      Compute compute) {
    this.task = task;
    this.config = config;
    this.compute = compute;
    this.manager = manager;
    this.llm = llm;
    this.texts =
        Texts.tokenize(
            inputs.publicExamples(),
            inputs.llm().tokenizer(),
            task.format(),
            task.server().maxTokens());
  }

  /**
   * What a device uploaded, and what the server knows of its model.
   *
   * @param tokenizer the SLM's
   * @param maxTokens longest text, in tokens of the SLM
   */
  public record Upload(FedMktKnowledge knowledge, LmTokenizer tokenizer, int maxTokens) {}

  /**
   * What the server holds after the devices' private phase.
   *
   * @param publicExamples this round's public texts
   * @param uploads by device
   * @param state what the server kept of the last round, empty in the first
   */
  public record Inputs(
      BaseModel llm,
      List<Example> publicExamples,
      SortedMap<Integer, Upload> uploads,
      Optional<KeptState> state) {}

  /**
   * What the server's part of a round leaves.
   *
   * @param state the LLM's tuned tensors and their moments, in the groups {@code llm} and {@code
   *     adam}
   * @param knowledge of the public texts, to be sent to every device
   */
  public record Result(KeptState state, FedMktKnowledge knowledge, List<Metrics.Row> metrics) {}

  /**
   * Runs the server's part of a round.
   *
   * @param task its θ counts for nothing here
   * @throws TrainingDivergedException when a gradient is not finite
   */
  public static Result run(ServerTask task, FedMktConfig config, Inputs inputs, Compute compute) {
    compute.begin();
    try (NDManager manager = compute.newManager();
        LanguageModel llm = inputs.llm().instantiate(manager)) {
      ThetaConfig tuned = task.server().tunedLlm();
      tuned.attach(llm, task.seed("llm"));
      inputs.state().ifPresent(kept -> llm.setParameters(kept.group("llm")));
      try (Trainee trained = new Trainee(tuned.parameters(llm), task.server().llm())) {
        inputs.state().ifPresent(kept -> trained.optimizer().restore(kept.group("adam")));
        return new FedMktServer(task, config, inputs, manager, llm, compute).run(inputs, trained);
      }
    } catch (TrainingDivergedException e) {
      throw new TrainingDivergedException(
          "server, round %d: %s".formatted(task.round(), e.getMessage()), e);
    }
  }

  private Result run(Inputs inputs, Trainee trained) {
    FedMktRecorder recorder = new FedMktRecorder(llm, config);
    FedMktTargets targets = targets(inputs, recorder.record(texts, manager));
    metrics.observe("fedmkt", "llm-taught-share", (double) targets.size() / texts.size());
    metrics.observe("fedmkt", "llm-aligned-share", targets.alignedShare(texts));
    learn(targets, trained);
    SortedMap<String, HostTensor> kept = new TreeMap<>();
    KeptState.putGroup(kept, "llm", trained.values());
    KeptState.putGroup(kept, "adam", trained.optimizer().state());
    return new Result(
        new KeptState(kept, List.of(), 0),
        recorder.record(texts, manager),
        metrics.rows(task.round(), Metrics.SERVER));
  }

  /** Each text's teacher: the device of the lowest cross-entropy, the first of equal ones. */
  private FedMktTargets targets(Inputs inputs, FedMktKnowledge own) {
    FedMktTargets targets = new FedMktTargets(config);
    Map<String, Example> examples = new TreeMap<>();
    inputs.publicExamples().forEach(example -> examples.put(example.id(), example));
    for (TokenizedExample text : texts) {
      double least = own.crossEntropy(text.key()).orElseThrow();
      Optional<Upload> best = Optional.empty();
      for (Upload upload : inputs.uploads().values()) {
        double candidate =
            upload.knowledge().crossEntropy(text.key()).orElse(Double.POSITIVE_INFINITY);
        if (candidate < least) {
          least = candidate;
          best = Optional.of(upload);
        }
      }
      best.ifPresent(upload -> teach(targets, text, examples.get(text.key()), upload, inputs));
    }
    return targets;
  }

  private void teach(
      FedMktTargets targets, TokenizedExample text, Example example, Upload upload, Inputs inputs) {
    TokenizedExample other =
        TokenizedExample.of(
                example.id(),
                example.prompt(),
                example.response(),
                upload.tokenizer(),
                task.format(),
                upload.maxTokens())
            .orElseThrow();
    targets.teach(
        new MinEdAlignment.Side(text, inputs.llm().tokenizer()),
        new MinEdAlignment.Side(other, upload.tokenizer()),
        upload.knowledge());
  }

  private void learn(FedMktTargets targets, Trainee trained) {
    int steps = task.server().llmSteps();
    Batches batches = new Batches(texts.size(), task.server().batchSize(), task.seed("llm-public"));
    llm.training(true, new SplittableRandom(task.seed("dropout")));
    for (int step = 0; step < steps; step++) {
      List<TokenizedExample> batch = Texts.pick(texts, batches.next());
      double progress = task.progress(step, steps);
      try {
        metrics.observe(
            "fedmkt",
            "llm-gradient-norm",
            trained.recording(() -> learn(batch, targets, trained, progress)));
      } catch (TrainingDivergedException e) {
        throw new TrainingDivergedException("batch %d: %s".formatted(step + 1, e.getMessage()), e);
      }
      compute.stepped();
    }
    llm.training(false, null);
  }

  private double learn(
      List<TokenizedExample> batch, FedMktTargets targets, Trainee trained, double progress) {
    try (NDManager step = manager.newSubManager()) {
      BatchLogits logits = BatchLogits.of(llm, batch, LossScope.RESPONSE, step);
      return trained.step(targets.loss(logits, batch, "llm", metrics, step), progress);
    }
  }
}
