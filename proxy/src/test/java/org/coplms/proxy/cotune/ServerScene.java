package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.mutual.LogitRecorder;
import org.coplms.proxy.mutual.PeerLogits;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.TinyTask;

/** The server with a tiny LLM that has learned little, and the DPM of {@link EdgeScene}. */
final class ServerScene {
  static final List<Example> PUBLIC = TinyTask.examples("english");
  static final BaseModel LLM = TinyTask.random(Family.LLAMA, 24, 2, EdgeScene.DPM_TOKENIZER, 21);
  static final double TEMPERATURE = 2;
  static final int TOP_K = 16;
  private static final LoraConfig LLM_LORA =
      new LoraConfig(4, 8, 0, List.of(LoraConfig.ALL_LINEAR));

  private ServerScene() {}

  static ServerConfig server(int thetaSteps, int llmSteps, int generated) {
    return server(thetaSteps, llmSteps, generated, 0.5);
  }

  static ServerConfig server(int thetaSteps, int llmSteps, int generated, double lambda) {
    return new ServerConfig(
        6,
        TinyTask.MAX_TOKENS,
        thetaSteps,
        llmSteps,
        PUBLIC.size(),
        lambda,
        lambda,
        generated,
        0.8,
        50,
        1,
        TEMPERATURE,
        TOP_K,
        TuningScope.LORA,
        LLM_LORA,
        TinyTask.FAST,
        TinyTask.FAST);
  }

  /** Tunes every tensor of the LLM. */
  static ServerConfig wholeLlm(int llmSteps) {
    return new ServerConfig(
        6,
        TinyTask.MAX_TOKENS,
        0,
        llmSteps,
        PUBLIC.size(),
        0.5,
        0.5,
        30,
        0.8,
        50,
        1,
        TEMPERATURE,
        TOP_K,
        TuningScope.FULL,
        LLM_LORA,
        TinyTask.FAST,
        TinyTask.FAST);
  }

  static ServerTask task(int round, ServerConfig server) {
    return new ServerTask(7, round, EdgeScene.ROUNDS, server, EdgeScene.THETA, TinyTask.FORMAT);
  }

  static ServerInputs inputs() {
    return inputs(EdgeScene.DPM, LLM);
  }

  static ServerInputs inputs(BaseModel dpm, BaseModel llm) {
    return inputs(dpm, llm, EdgeScene.theta(EdgeScene.DPM), Optional.empty());
  }

  static ServerInputs after(ServerResult result, KeptState state) {
    return inputs(EdgeScene.DPM, LLM, result.theta(), Optional.of(state));
  }

  /** The cached logits are those of the healthy LLM. */
  private static ServerInputs inputs(
      BaseModel dpm,
      BaseModel llm,
      SortedMap<String, HostTensor> theta,
      Optional<KeptState> state) {
    return new ServerInputs(dpm, llm, theta, PUBLIC, llmLogits(), state);
  }

  static ServerResult run(ServerTask task, ServerInputs inputs) {
    return ServerLearner.run(task, inputs, Compute.oneCore());
  }

  private static PeerLogits llmLogits() {
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager manager = compute.newManager();
        LanguageModel llm = LLM.instantiate(manager)) {
      return new LogitRecorder(llm, LossScope.TEXT, TOP_K, TEMPERATURE)
          .recordAll(TinyTask.tokenized(PUBLIC, EdgeScene.DPM_TOKENIZER), 16, manager);
    }
  }
}
