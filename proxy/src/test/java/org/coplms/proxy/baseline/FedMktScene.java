package org.coplms.proxy.baseline;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.baseline.FedMktConfig.CrossEntropyUnit;
import org.coplms.proxy.baseline.FedMktConfig.PublicTexts;
import org.coplms.proxy.cotune.DstConfig;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.EdgeTask;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.RehearsalConfig;
import org.coplms.proxy.cotune.SamlConfig;
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.cotune.SlmConfig;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;

/** A device with Swedish questions, an LLM that knows the English ones, which are public. */
final class FedMktScene {
  static final List<Example> PRIVATE = TinyTask.examples("swedish");
  static final List<Example> PUBLIC = TinyTask.examples("english");
  static final LmTokenizer SLM_TOKENIZER = TinyTask.tokenizer(259);
  static final LmTokenizer LLM_TOKENIZER = TinyTask.tokenizer(287);
  static final BaseModel SLM = TinyTask.random(Family.GPT2, 16, 1, SLM_TOKENIZER, 11);
  static final BaseModel LLM = TinyTask.trained(24, 2, LLM_TOKENIZER, PUBLIC, 120);

  /** Has the LLM's tokenizer and knows nothing. */
  static final BaseModel NOVICE = TinyTask.random(Family.LLAMA, 16, 1, LLM_TOKENIZER, 12);

  private static final LoraConfig LORA = new LoraConfig(4, 8, 0, List.of(LoraConfig.ALL_LINEAR));
  private static final ThetaConfig THETA = new ThetaConfig(LORA, false);

  private FedMktScene() {}

  static FedMktConfig config(double weight, CrossEntropyUnit unit) {
    return new FedMktConfig(16, 1, weight, 0.5, PublicTexts.PUBLIC, PUBLIC.size(), unit);
  }

  static FedMktConfig config(double weight) {
    return config(weight, CrossEntropyUnit.BYTE);
  }

  static EdgeTask edge(int round) {
    AdapterConfig adapter = new AdapterConfig(4);
    SlmConfig slm = new SlmConfig(TuningScope.FULL, LORA, adapter, TinyTask.FAST, TinyTask.FAST);
    EdgeConfig edge =
        new EdgeConfig(
            4,
            TinyTask.MAX_TOKENS,
            slm,
            adapter,
            new DstConfig(4),
            new SamlConfig(8, 0.5, 0.5, 1, 16, 0.5, TinyTask.FAST),
            new RehearsalConfig(0, 0, 1, 0.25, 0.8, 100, 0.5, TinyTask.MAX_TOKENS, 0));
    return new EdgeTask(7, round, 3, 2, edge, THETA, TinyTask.FORMAT);
  }

  static ServerTask server(int round, int steps) {
    ServerConfig server =
        new ServerConfig(
            6,
            TinyTask.MAX_TOKENS,
            0,
            steps,
            PUBLIC.size(),
            0,
            0,
            0,
            0.8,
            50,
            1,
            1,
            16,
            TuningScope.LORA,
            LORA,
            TinyTask.FAST,
            TinyTask.FAST);
    return new ServerTask(7, round, 3, server, THETA, TinyTask.FORMAT);
  }

  static FedMktEdge.Inputs inputs(Optional<KeptState> state) {
    return new FedMktEdge.Inputs(SLM, PRIVATE, PUBLIC, state);
  }

  static FedMktEdge.PrivateResult learnPrivate(FedMktConfig config, Optional<KeptState> state) {
    return FedMktEdge.learnPrivate(edge(1), config, inputs(state), Compute.oneCore());
  }

  /** The public phase after a private one, with the word of some LLM. */
  static FedMktEdge.PublicResult learnPublic(
      FedMktConfig config, FedMktEdge.PrivateResult before, FedMktKnowledge llm) {
    FedMktEdge.Advice advice =
        new FedMktEdge.Advice(
            before.knowledge(), llm, LLM_TOKENIZER, TinyTask.MAX_TOKENS, before.tokens());
    return FedMktEdge.learnPublic(
        edge(1), config, inputs(Optional.of(before.state())), advice, Compute.oneCore());
  }

  static FedMktServer.Result serve(
      BaseModel llm, FedMktConfig config, int steps, FedMktKnowledge... uploads) {
    SortedMap<Integer, FedMktServer.Upload> byDevice = new TreeMap<>();
    for (int device = 0; device < uploads.length; device++) {
      boolean slm = uploads[device].codec().vocabSize() == SLM.config().vocabSize();
      byDevice.put(
          device,
          new FedMktServer.Upload(
              uploads[device], slm ? SLM_TOKENIZER : LLM_TOKENIZER, TinyTask.MAX_TOKENS));
    }
    return FedMktServer.run(
        server(1, steps),
        config,
        new FedMktServer.Inputs(llm, PUBLIC, byDevice, Optional.empty()),
        Compute.oneCore());
  }

  /** What a model as it stands says about the public texts. */
  static FedMktKnowledge knowledge(BaseModel model, FedMktConfig config) {
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager manager = compute.newManager();
        LanguageModel opened = model.instantiate(manager)) {
      return new FedMktRecorder(opened, config)
          .record(TinyTask.tokenized(PUBLIC, model.tokenizer()), manager);
    }
  }

  /** The same rows with another cross-entropy on every text. */
  static FedMktKnowledge claiming(FedMktKnowledge knowledge, double crossEntropy) {
    SortedMap<String, FedMktKnowledge.Entry> entries = new TreeMap<>();
    knowledge
        .entries()
        .forEach(
            (id, entry) ->
                entries.put(id, new FedMktKnowledge.Entry((float) crossEntropy, entry.rows())));
    return new FedMktKnowledge(knowledge.codec(), knowledge.temperature(), entries);
  }

  static double metric(List<Metrics.Row> rows, String stage, String name) {
    List<Double> found = new ArrayList<>();
    for (Metrics.Row row : rows) {
      if (row.stage().equals(stage) && row.name().equals(name)) {
        found.add(row.value());
      }
    }
    if (found.size() != 1) {
      throw new AssertionError(
          "Metric %s/%s is there %d times".formatted(stage, name, found.size()));
    }
    return found.get(0);
  }
}
