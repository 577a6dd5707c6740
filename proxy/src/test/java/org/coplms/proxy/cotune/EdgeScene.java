package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;

/** An edge device of tiny models with private examples in one language, and what it is asked. */
final class EdgeScene {
  static final int DEVICE = 3;
  static final int ROUNDS = 3;
  static final ThetaConfig THETA =
      new ThetaConfig(new LoraConfig(4, 8, 0, List.of(LoraConfig.ALL_LINEAR)), false);
  static final AdapterConfig ADAPTER = new AdapterConfig(4);
  static final LmTokenizer SLM_TOKENIZER = TinyTask.tokenizer(259);
  static final LmTokenizer DPM_TOKENIZER = TinyTask.tokenizer(287);
  static final List<Example> PRIVATE = TinyTask.examples("swedish");

  static final BaseModel SLM = TinyTask.random(Family.GPT2, 16, 1, SLM_TOKENIZER, 11);

  /** Of the DPM's vocabulary. */
  static final BaseModel SLM_OF_ONE_VOCABULARY =
      TinyTask.random(Family.QWEN2, 16, 1, DPM_TOKENIZER, 12);

  /** Knows every question, so that it can ask and answer. */
  static final BaseModel DPM = TinyTask.trained(24, 2, DPM_TOKENIZER, TinyTask.examples(), 150);

  static final DstConfig NO_DST = new DstConfig(0);
  static final SamlConfig NO_SAML = saml(0, 0.5, 0.5, 16);
  static final RehearsalConfig NO_REHEARSAL = rehearsal(0, 0, 100);

  private EdgeScene() {}

  static SamlConfig saml(int steps, double slmLambda, double dpmLambda, int topK) {
    return new SamlConfig(steps, slmLambda, dpmLambda, 2, topK, 0.5, TinyTask.FAST);
  }

  static RehearsalConfig rehearsal(int steps, int samples, int capacity) {
    return new RehearsalConfig(
        steps, samples, 1, 0.25, 0.8, capacity, 0.5, TinyTask.MAX_TOKENS, 0.5);
  }

  static EdgeConfig edge(DstConfig dst, SamlConfig saml, RehearsalConfig rehearsal) {
    return edge(TuningScope.FULL, dst, saml, rehearsal);
  }

  static EdgeConfig edge(
      TuningScope tuning, DstConfig dst, SamlConfig saml, RehearsalConfig rehearsal) {
    LoraConfig lora = new LoraConfig(2, 4, 0, List.of(LoraConfig.ALL_LINEAR));
    SlmConfig slm = new SlmConfig(tuning, lora, ADAPTER, TinyTask.FAST, TinyTask.FAST);
    return new EdgeConfig(4, TinyTask.MAX_TOKENS, slm, ADAPTER, dst, saml, rehearsal);
  }

  /** Every phase. */
  static EdgeConfig everything(TuningScope tuning) {
    return edge(tuning, new DstConfig(3), saml(3, 0.5, 0.5, 16), rehearsal(3, 40, 100));
  }

  static EdgeTask task(int round, EdgeConfig edge) {
    return task(round, DEVICE, edge);
  }

  static EdgeTask task(int round, int device, EdgeConfig edge) {
    return new EdgeTask(7, round, ROUNDS, device, edge, THETA, TinyTask.FORMAT);
  }

  static EdgeInputs inputs() {
    return inputs(SLM, DPM, PRIVATE);
  }

  /** The first round's. */
  static EdgeInputs inputs(BaseModel slm, BaseModel dpm, List<Example> examples) {
    return new EdgeInputs(slm, dpm, examples, theta(dpm), Optional.empty());
  }

  /** The next round's, as if no other device took part. */
  static EdgeInputs after(EdgeInputs inputs, EdgeResult result) {
    return after(inputs, result, result.state());
  }

  static EdgeInputs after(EdgeInputs inputs, EdgeResult result, KeptState state) {
    return new EdgeInputs(
        inputs.slm(), inputs.dpm(), inputs.examples(), result.theta(), Optional.of(state));
  }

  static EdgeResult run(EdgeTask task, EdgeInputs inputs) {
    return EdgeLearner.run(task, inputs, Compute.oneCore());
  }

  /** A fresh θ over a DPM. */
  static SortedMap<String, HostTensor> theta(BaseModel dpm) {
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager manager = compute.newManager();
        LanguageModel model = dpm.instantiate(manager)) {
      model.attachLora(THETA.lora(), 5);
      SortedMap<String, HostTensor> theta = new TreeMap<>();
      model.loraParameters().forEach((name, array) -> theta.put(name, HostTensor.copyOf(array)));
      return theta;
    }
  }

  static OptionalDouble metric(List<Metrics.Row> rows, String stage, String name) {
    return rows.stream()
        .filter(row -> row.stage().equals(stage) && row.name().equals(name))
        .mapToDouble(Metrics.Row::value)
        .findFirst();
  }
}
