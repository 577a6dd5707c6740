package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.OptimizerConfig;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LlmLearnerTest {
  private static final BaseModel LLM =
      TinyTask.trained(24, 1, LocalScene.TOKENIZER, TinyTask.examples("english"), 60);

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void theLlmLearnsTheTextsOverTheRounds(TuningScope tuning) {
    LlmLearner.Result first = run(tuning, LLM, 1, Optional.empty());
    LlmLearner.Result second = run(tuning, LLM, 2, Optional.of(first.state()));
    assertThat(crossEntropy(second)).isLessThan(crossEntropy(first));
    boolean lora = tuning == TuningScope.LORA;
    assertThat(first.state().group("llm").keySet())
        .isNotEmpty()
        .allMatch(name -> name.contains(".lora_") == lora);
    assertThat(second.state().group("adam").get("step").at(0)).isEqualTo(40);
    assertThat(run(tuning, LLM, 2, Optional.of(KeptState.fromBytes(first.state().toBytes()))))
        .isEqualTo(second);
  }

  @Test
  void divergenceNamesServerRoundAndBatch() {
    BaseModel poisoned =
        TinyTask.poisoned(TinyTask.random(Family.LLAMA, 16, 1, LocalScene.TOKENIZER, 1));
    assertThatThrownBy(() -> run(TuningScope.LORA, poisoned, 2, Optional.empty()))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("server, round 2, batch 1");
  }

  private static double crossEntropy(LlmLearner.Result result) {
    return LocalScene.metric(result.metrics(), "server", "llm-ce").orElseThrow();
  }

  private static LlmLearner.Result run(
      TuningScope tuning, BaseModel llm, int round, Optional<KeptState> state) {
    List<Example> texts = List.copyOf(LocalScene.SHARED);
    return LlmLearner.run(task(round, tuning), llm, texts, state, Compute.oneCore());
  }

  /** Twenty batches of four for the LLM. */
  static ServerTask task(int round, TuningScope tuning) {
    OptimizerConfig fast = TinyTask.FAST;
    int length = TinyTask.MAX_TOKENS;
    ServerConfig server =
        new ServerConfig(
            4, length, 0, 20, 1, 0, 0, 0, 1, 1, 1, 1, 16, tuning, LocalScene.LORA, fast, fast);
    ThetaConfig theta = new ThetaConfig(LocalScene.LORA, false);
    return new ServerTask(5, round, 2, server, theta, TinyTask.FORMAT);
  }
}
