package org.coplms.proxy.baseline;

import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import org.coplms.proxy.cotune.DstConfig;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.EdgeTask;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.RehearsalConfig;
import org.coplms.proxy.cotune.SamlConfig;
import org.coplms.proxy.cotune.SlmConfig;
import org.coplms.proxy.cotune.SlmTuning;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;

/** A device with an SLM of a few thousand weights, private examples and shared ones. */
final class LocalScene {
  static final int DEVICE = 3;
  static final int ROUNDS = 3;
  static final int BATCH = 4;
  static final LmTokenizer TOKENIZER = TinyTask.tokenizer(259);
  static final List<Example> PRIVATE = TinyTask.examples("swedish");
  static final List<Example> SHARED = TinyTask.examples("french");
  static final List<TokenizedExample> TEXTS = TinyTask.tokenized(PRIVATE, TOKENIZER);
  static final BaseModel SLM = TinyTask.random(Family.GPT2, 16, 1, TOKENIZER, 11);
  static final LoraConfig LORA = new LoraConfig(2, 4, 0, List.of(LoraConfig.ALL_LINEAR));
  static final AdapterConfig ADAPTER = new AdapterConfig(4);

  /** The longest text, as the SLM's input. */
  static final int LONGEST =
      TEXTS.stream().mapToInt(TokenizedExample::length).max().orElseThrow() - 1;

  private LocalScene() {}

  static LocalTask task(int round) {
    return task(round, edge(TuningScope.FULL, 12), 0);
  }

  static LocalTask task(int round, EdgeConfig edge, double sharedShare) {
    ThetaConfig theta = new ThetaConfig(LORA, false);
    EdgeTask task = new EdgeTask(7, round, ROUNDS, DEVICE, edge, theta, TinyTask.FORMAT);
    return new LocalTask(task, true, sharedShare);
  }

  /** The steps are those of mutual learning alone. */
  static EdgeConfig edge(TuningScope tuning, int steps) {
    return new EdgeConfig(
        BATCH,
        TinyTask.MAX_TOKENS,
        new SlmConfig(tuning, LORA, ADAPTER, TinyTask.FAST, TinyTask.FAST),
        ADAPTER,
        new DstConfig(0),
        new SamlConfig(steps, 0.5, 0.5, 1, 16, 0.5, TinyTask.FAST),
        new RehearsalConfig(0, 0, 1, 0.25, 0.8, 100, 0.5, TinyTask.MAX_TOKENS, 0));
  }

  static LocalInputs inputs() {
    return new LocalInputs(SLM, PRIVATE, SHARED, Collections.emptySortedMap(), Optional.empty());
  }

  static LocalInputs receiving(LocalInputs inputs, SortedMap<String, HostTensor> tensors) {
    return new LocalInputs(
        inputs.slm(), inputs.examples(), inputs.shared(), tensors, inputs.state());
  }

  static LocalResult run(LocalTask task, LocalInputs inputs) {
    return LocalLearner.run(task, inputs, Compute.oneCore());
  }

  static double crossEntropy(LocalTask task, KeptState state, List<Example> examples) {
    Compute.oneCore().begin();
    try (NDManager manager = Compute.oneCore().newManager();
        LanguageModel slm = SlmTuning.tuned(SLM, task.edge().edge().slm(), state, manager)) {
      return TinyTask.crossEntropy(slm, TinyTask.tokenized(examples, TOKENIZER));
    }
  }

  static OptionalDouble metric(List<Metrics.Row> rows, String stage, String name) {
    return rows.stream()
        .filter(row -> row.stage().equals(stage) && row.name().equals(name))
        .mapToDouble(Metrics.Row::value)
        .findFirst();
  }
}
