package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FedCoLlmLearnerTest {
  private static final BaseModel LLM =
      TinyTask.trained(24, 1, TinyTask.tokenizer(287), LocalScene.SHARED, 120);

  /** The SLM's own tensors before any training. */
  private static SortedMap<String, HostTensor> untuned(TuningScope tuning) {
    LocalTask none = LocalScene.task(1, LocalScene.edge(tuning, 0), 0);
    return LocalScene.run(none, LocalScene.inputs()).tuned();
  }

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void slmAndLlmLearnTheTextsWithinTheirTunedTensors(TuningScope tuning) {
    SortedMap<String, HostTensor> averaged = untuned(tuning);
    FedCoLlmLearner.Result first = run(tuning, 1, 0.5, averaged, Optional.empty());
    assertThat(first.tuned().keySet()).isEqualTo(averaged.keySet());
    assertThat(first.tuned()).isNotEqualTo(averaged);
    boolean lora = tuning == TuningScope.LORA;
    assertThat(first.state().group("llm").keySet())
        .isNotEmpty()
        .allMatch(name -> name.contains(".lora_") == lora);
    assertThat(first.seen())
        .isEqualTo(PromptHash.ofAll(LocalScene.SHARED.stream().map(Example::prompt).toList()));
    FedCoLlmLearner.Result second = run(tuning, 2, 0.5, first.tuned(), Optional.of(first.state()));
    assertThat(second.state()).isNotEqualTo(first.state());
    assertThat(metric(second, "slm-ce")).isLessThan(metric(first, "slm-ce"));
    assertThat(metric(second, "kl-dpm-to-slm")).isLessThan(metric(first, "kl-dpm-to-slm"));
  }

  @Test
  void theSecondRoundGoesOnWithTheLlmsLora() {
    SortedMap<String, HostTensor> averaged = untuned(TuningScope.FULL);
    FedCoLlmLearner.Result first = run(TuningScope.FULL, 1, 0.5, averaged, Optional.empty());
    KeptState kept = KeptState.fromBytes(first.state().toBytes());
    FedCoLlmLearner.Result with = run(TuningScope.FULL, 2, 0.5, averaged, Optional.of(kept));
    assertThat(run(TuningScope.FULL, 2, 0.5, averaged, Optional.of(first.state()))).isEqualTo(with);
    FedCoLlmLearner.Result without = run(TuningScope.FULL, 2, 0.5, averaged, Optional.empty());
    assertThat(metric(with, "dpm-ce")).isLessThan(metric(without, "dpm-ce"));
  }

  @Test
  void withoutLambdaNeitherListensToTheOther() {
    SortedMap<String, HostTensor> averaged = untuned(TuningScope.FULL);
    FedCoLlmLearner.Result deaf = run(TuningScope.FULL, 1, 0, averaged, Optional.empty());
    assertThat(deaf.metrics()).noneMatch(row -> row.name().startsWith("kl-"));
    assertThat(deaf.tuned())
        .isNotEqualTo(run(TuningScope.FULL, 1, 0.5, averaged, Optional.empty()).tuned());
  }

  @Test
  void divergenceNamesTheServer() {
    BaseModel poisoned =
        TinyTask.poisoned(TinyTask.random(Family.LLAMA, 16, 1, LocalScene.TOKENIZER, 1));
    assertThatThrownBy(
            () ->
                FedCoLlmLearner.run(
                    task(TuningScope.FULL, 2, 0.5),
                    new FedCoLlmLearner.Inputs(
                        LocalScene.SLM,
                        poisoned,
                        untuned(TuningScope.FULL),
                        LocalScene.SHARED,
                        Optional.empty()),
                    Compute.oneCore()))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("server, round 2");
  }

  private static double metric(FedCoLlmLearner.Result result, String name) {
    return LocalScene.metric(result.metrics(), "saml", name).orElseThrow();
  }

  private static FedCoLlmLearner.Result run(
      TuningScope tuning,
      int round,
      double lambda,
      SortedMap<String, HostTensor> averaged,
      Optional<KeptState> state) {
    return FedCoLlmLearner.run(
        task(tuning, round, lambda),
        new FedCoLlmLearner.Inputs(
            LocalScene.SLM, LLM, averaged, List.copyOf(LocalScene.SHARED), state),
        Compute.oneCore());
  }

  private static FedCoLlmTask task(TuningScope tuning, int round, double lambda) {
    EdgeConfig edge = LocalScene.edge(tuning, 5);
    return new FedCoLlmTask(
        LlmLearnerTest.task(round, tuning), edge, new FedCoLlmConfig(15, lambda));
  }
}
