package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;

class LlmLearnerTest {
  private static final BaseModel LLM =
      TinyTask.trained(24, 1, LocalScene.TOKENIZER, TinyTask.examples("english"), 60);

  @Test
  void theLlmsLoraLearnsTheTextsOverTheRounds() {
    LlmLearner.Result first = run(LLM, 1, Optional.empty());
    LlmLearner.Result second = run(LLM, 2, Optional.of(first.state()));
    assertThat(crossEntropy(second)).isLessThan(crossEntropy(first));
    assertThat(first.state().group("llm").keySet()).allMatch(name -> name.contains(".lora_"));
    assertThat(second.state().group("adam").get("step").at(0)).isEqualTo(40);
    assertThat(run(LLM, 2, Optional.of(KeptState.fromBytes(first.state().toBytes()))))
        .isEqualTo(second);
  }

  @Test
  void divergenceNamesServerRoundAndBatch() {
    BaseModel poisoned =
        TinyTask.poisoned(TinyTask.random(Family.LLAMA, 16, 1, LocalScene.TOKENIZER, 1));
    assertThatThrownBy(() -> run(poisoned, 2, Optional.empty()))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("server, round 2, batch 1");
  }

  private static double crossEntropy(LlmLearner.Result result) {
    return LocalScene.metric(result.metrics(), "server", "llm-ce").orElseThrow();
  }

  private static LlmLearner.Result run(BaseModel llm, int round, Optional<KeptState> state) {
    ServerConfig server =
        new ServerConfig(
            4,
            TinyTask.MAX_TOKENS,
            0,
            20,
            1,
            0,
            0,
            0,
            1,
            1,
            1,
            1,
            1,
            LocalScene.LORA,
            TinyTask.FAST,
            TinyTask.FAST);
    ServerTask task =
        new ServerTask(
            5, round, 2, server, new ThetaConfig(LocalScene.LORA, false), TinyTask.FORMAT);
    return LlmLearner.run(task, llm, List.copyOf(LocalScene.SHARED), state, Compute.oneCore());
  }
}
