package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;

class ServerLearnerTest {

  @Test
  void tuningTheProxyLeavesTheLlmAlone() {
    ServerInputs inputs = ServerScene.inputs();
    ServerResult result = run(ServerScene.server(4, 0, 0), inputs);
    assertThat(result.theta().equals(inputs.theta())).isFalse();
    assertThat(result.theta().keySet()).isEqualTo(inputs.theta().keySet());
    result.state().group("llm").forEach(ServerLearnerTest::assertFresh);
    assertThat(metric(result, "llm-ce")).isEmpty();
  }

  @Test
  void tuningTheLlmLeavesTheProxyAlone() {
    ServerInputs inputs = ServerScene.inputs();
    ServerResult result = run(ServerScene.server(0, 4, 30), inputs);
    assertThat(result.theta().equals(inputs.theta())).isTrue();
    assertThat(result.state().group("llm").values())
        .anyMatch(tensor -> !isZero(tensor))
        .noneMatch(ServerLearnerTest::isZero);
    assertThat(metric(result, "dpm-ce")).isEmpty();
  }

  @Test
  void theStateHoldsTheLlmsLoraAndItsMomentsAndNothingElse() {
    ServerResult result = run(ServerScene.server(2, 2, 30), ServerScene.inputs());
    assertThat(result.state().tensors().keySet()).allMatch(name -> name.matches("(llm|adam)/.+"));
    assertThat(result.state().group("llm").keySet())
        .allMatch(name -> name.matches(".+\\.lora_[AB]\\.weight"));
    assertThat(result.state().group("adam").get("step").at(0)).isEqualTo(2);
  }

  @Test
  void allOfTheLlmIsTunedWhereAskedAndGoesOnInTheNextRound() {
    ServerConfig server = ServerScene.wholeLlm(2);
    ServerResult first = run(server, ServerScene.inputs());
    assertThat(first.state().group("llm").keySet())
        .isEqualTo(ServerScene.LLM.hostWeights().keySet());
    assertThat(first.state().group("llm").equals(ServerScene.LLM.hostWeights())).isFalse();
    ServerResult second =
        ServerScene.run(ServerScene.task(2, server), ServerScene.after(first, first.state()));
    assertThat(second.state().group("adam").get("step").at(0)).isEqualTo(4);
    assertThat(second.state().group("llm").equals(first.state().group("llm"))).isFalse();
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    ServerConfig server = ServerScene.server(3, 3, 30);
    ServerResult once = run(server, ServerScene.inputs());
    ServerResult again = run(server, ServerScene.inputs());
    assertThat(again.theta().equals(once.theta())).isTrue();
    assertThat(again.state().equals(once.state())).isTrue();
    assertThat(again.metrics()).isEqualTo(once.metrics());
    assertThat(once.state().rehearsal()).isNotEmpty();
  }

  @Test
  void aStateReadFromItsBytesContinuesWithTheSameBits() {
    ServerConfig server = ServerScene.server(2, 2, 30);
    ServerResult first = run(server, ServerScene.inputs());
    KeptState read = KeptState.fromBytes(first.state().toBytes());
    ServerTask second = ServerScene.task(2, server);
    ServerResult kept = ServerScene.run(second, ServerScene.after(first, first.state()));
    ServerResult resumed = ServerScene.run(second, ServerScene.after(first, read));
    assertThat(resumed.theta().equals(kept.theta())).isTrue();
    assertThat(resumed.state().equals(kept.state())).isTrue();
    assertThat(resumed.metrics()).isEqualTo(kept.metrics());
    assertThat(kept.state().group("adam").get("step").at(0)).isEqualTo(4);
    assertThat(kept.state().rehearsal().subList(0, first.state().rehearsal().size()))
        .isEqualTo(first.state().rehearsal());
  }

  @Test
  void roundsWithoutLlmStepsFollowEachOther() {
    ServerConfig server = ServerScene.server(1, 0, 0);
    ServerResult first = run(server, ServerScene.inputs());
    ServerResult second =
        ServerScene.run(
            ServerScene.task(2, server),
            ServerScene.after(first, KeptState.fromBytes(first.state().toBytes())));
    assertThat(second.state().tensors().equals(first.state().tensors())).isTrue();
  }

  @Test
  void bothModelsLearnThePublicText() {
    ServerResult early = run(ServerScene.server(2, 2, 0), ServerScene.inputs());
    ServerResult whole = run(ServerScene.server(60, 60, 0), ServerScene.inputs());
    assertThat(metric(whole, "llm-ce").orElseThrow())
        .isLessThan(metric(early, "llm-ce").orElseThrow() * 0.95);
    assertThat(metric(whole, "dpm-kl").orElseThrow())
        .isLessThan(metric(early, "dpm-kl").orElseThrow() * 0.9);
  }

  @Test
  void theLlmsKnowledgeReachesTheProxyOnPublicTextOnly() {
    ServerResult result = run(ServerScene.server(2, 2, 30), ServerScene.inputs());
    assertThat(metric(result, "dpm-kl")).isPresent();
    assertThat(metric(result, "dpm-generated-ce")).isPresent();
    assertThat(metric(result, "dpm-generated-kl")).isEmpty();
    assertThat(metric(result, "llm-generated-kl")).isPresent();
  }

  @Test
  void withoutWeightTheModelsDoNotMeet() {
    ServerResult result = run(ServerScene.server(2, 2, 0, 0), ServerScene.inputs());
    assertThat(result.metrics()).noneMatch(row -> row.name().endsWith("-kl"));
  }

  @Test
  void withoutGeneratedPairsNoneAreDrawn() {
    ServerResult result = run(ServerScene.server(2, 2, 0), ServerScene.inputs());
    assertThat(result.state().rehearsal()).isEmpty();
    assertThat(result.metrics()).noneMatch(row -> row.name().contains("generated"));
  }

  @Test
  void generatedPairsStayWithinTheirCapacityAndAreDistinctWithinARound() {
    ServerResult result = run(ServerScene.server(1, 0, 200), ServerScene.inputs());
    List<RehearsalPair> pairs = result.state().rehearsal();
    assertThat(pairs).hasSizeBetween(20, 50);
    assertThat(Set.copyOf(pairs)).hasSize(pairs.size());
  }

  @Test
  void aKeptPairThatDoesNotFitIsPassedOver() {
    ServerConfig server = ServerScene.server(1, 1, 0);
    ServerResult first = run(server, ServerScene.inputs());
    RehearsalPair tooLong = new RehearsalPair("x".repeat(2 * TinyTask.MAX_TOKENS), "y");
    KeptState state = new KeptState(first.state().tensors(), List.of(tooLong), 0);
    ServerResult second =
        ServerScene.run(ServerScene.task(2, server), ServerScene.after(first, state));
    assertThat(metric(second, "llm-ce")).isPresent();
    assertThat(metric(second, "llm-generated-ce")).isEmpty();
  }

  @Test
  void aWeightThatIsNotANumberEndsTheRoundByName() {
    BaseModel llm = TinyTask.poisoned(ServerScene.LLM);
    BaseModel dpm = TinyTask.poisoned(EdgeScene.DPM);
    for (ServerConfig server :
        List.of(
            ServerScene.server(2, 2, 0),
            ServerScene.server(0, 2, 0),
            ServerScene.server(0, 2, 0, 0),
            ServerScene.server(2, 2, 30))) {
      assertDiverged(server, ServerScene.inputs(EdgeScene.DPM, llm));
    }
    assertDiverged(ServerScene.server(2, 0, 0), ServerScene.inputs(dpm, ServerScene.LLM));
    assertDiverged(ServerScene.server(2, 2, 30), ServerScene.inputs(dpm, ServerScene.LLM));
    assertDiverged(ServerScene.server(0, 2, 0), ServerScene.inputs(dpm, ServerScene.LLM));
  }

  @Test
  void everyStepIsReported() {
    AtomicInteger steps = new AtomicInteger();
    Compute compute = new Compute(Torch.defaultDevice(), 1, steps::incrementAndGet);
    ServerLearner.run(
        ServerScene.task(1, ServerScene.server(3, 2, 0)), ServerScene.inputs(), compute);
    assertThat(steps).hasValue(5);
  }

  @Test
  void divergenceNamesModelAndBatch() {
    BaseModel dpm = TinyTask.poisoned(EdgeScene.DPM);
    BaseModel llm = TinyTask.poisoned(ServerScene.LLM);
    assertThatThrownBy(
            () -> run(ServerScene.server(2, 0, 0), ServerScene.inputs(dpm, ServerScene.LLM)))
        .hasMessageStartingWith("server, round 1: DPM, batch 1 (examples english")
        .hasMessageContaining("dpm-ce is NaN");
    assertThatThrownBy(
            () -> run(ServerScene.server(0, 2, 0), ServerScene.inputs(EdgeScene.DPM, llm)))
        .hasMessageStartingWith("server, round 1: LLM, batch 1 (examples english")
        .hasMessageContaining("llm-ce is NaN");
    assertThatThrownBy(
            () -> run(ServerScene.server(0, 2, 0), ServerScene.inputs(dpm, ServerScene.LLM)))
        .hasMessageStartingWith("server, round 1: LLM, batch 1 (examples english");
  }

  @Test
  void aServerThatOnlyMergesOpensNoModel() {
    ServerInputs inputs = ServerScene.inputs();
    ServerInputs absent =
        new ServerInputs(null, null, inputs.theta(), inputs.publicExamples(), null, inputs.state());
    ServerResult result = run(ServerScene.server(0, 0, 30), absent);
    assertThat(result.theta()).isEqualTo(inputs.theta());
    assertThat(result.state().tensors()).isEmpty();
    assertThat(result.metrics()).isEmpty();
    KeptState kept = run(ServerScene.server(1, 1, 30), inputs).state();
    ServerResult next = ServerLearner.idle(inputs.theta(), Optional.of(kept));
    assertThat(next.state()).isSameAs(kept);
  }

  @Test
  void theLlmIsNotOpenedWithoutStepsOfItsOwn() {
    ServerInputs inputs = ServerScene.inputs();
    ServerInputs withoutLlm =
        new ServerInputs(
            inputs.dpm(),
            null,
            inputs.theta(),
            inputs.publicExamples(),
            inputs.llmLogits(),
            inputs.state());
    assertThat(metric(run(ServerScene.server(2, 0, 0), withoutLlm), "dpm-kl")).isPresent();
  }

  private static void assertDiverged(ServerConfig server, ServerInputs inputs) {
    assertThatThrownBy(() -> ServerScene.run(ServerScene.task(2, server), inputs))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("server, round 2");
  }

  /** B is zero until the first step. */
  private static void assertFresh(String name, HostTensor tensor) {
    assertThat(isZero(tensor)).as(name).isEqualTo(name.endsWith("lora_B.weight"));
  }

  private static boolean isZero(HostTensor tensor) {
    for (float value : tensor.toFloats()) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static ServerResult run(ServerConfig server, ServerInputs inputs) {
    return ServerScene.run(ServerScene.task(1, server), inputs);
  }

  private static OptionalDouble metric(ServerResult result, String name) {
    return EdgeScene.metric(result.metrics(), "server", name);
  }
}
