package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.Optional;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;

class FedMktServerTest {
  private static final int STEPS = 6;
  private static final FedMktConfig CONFIG = FedMktScene.config(0.3);

  /** Of a model with the LLM's tokenizer, and of one with another. */
  private static final FedMktKnowledge EXPERT = FedMktScene.knowledge(FedMktScene.LLM, CONFIG);

  private static final FedMktKnowledge SLM = FedMktScene.knowledge(FedMktScene.SLM, CONFIG);

  @Test
  void theDeviceOfTheLowestCrossEntropyTeaches() {
    FedMktServer.Result best = serve(FedMktScene.claiming(SLM, 1e-9));
    FedMktServer.Result both = serve(FedMktScene.claiming(SLM, 1e-9), EXPERT);
    assertThat(both.state().equals(best.state())).isTrue();
    assertThat(serve(SLM, FedMktScene.claiming(EXPERT, 1e-9)).state().equals(best.state()))
        .isFalse();
    assertThat(FedMktScene.metric(best.metrics(), "fedmkt", "llm-taught-share")).isEqualTo(1);
    assertThat(FedMktScene.metric(best.metrics(), "fedmkt", "llm-aligned-share"))
        .isBetween(0.1, 1.0);
    assertThat(FedMktScene.metric(best.metrics(), "fedmkt", "llm-target-kl")).isPositive();
  }

  @Test
  void ofEqualDevicesTheFirstTeaches() {
    FedMktServer.Result both = serve(EXPERT, EXPERT);
    assertThat(both.state().equals(serve(EXPERT).state())).isTrue();
  }

  @Test
  void devicesThatKnowLessThanTheLlmTeachNothing() {
    FedMktServer.Result alone = serve();
    FedMktServer.Result result = serve(FedMktScene.claiming(SLM, 1000));
    assertThat(FedMktScene.metric(result.metrics(), "fedmkt", "llm-taught-share")).isZero();
    assertThat(result.state().equals(alone.state())).isTrue();
  }

  @Test
  void theLlmLearnsAndSaysWhatItKnowsAfterwards() {
    FedMktKnowledge before = FedMktScene.knowledge(FedMktScene.NOVICE, CONFIG);
    FedMktServer.Result result = FedMktScene.serve(FedMktScene.NOVICE, CONFIG, 30, EXPERT);
    assertThat(mean(result.knowledge())).isLessThan(0.9 * mean(before));
    assertThat(FedMktScene.serve(FedMktScene.NOVICE, CONFIG, 0, EXPERT).knowledge())
        .as("a fresh LoRA changes nothing")
        .isEqualTo(before);
  }

  @Test
  void theNextRoundGoesOnFromTheState() {
    FedMktServer.Result first = serve(EXPERT);
    assertThat(first.state().tensors().keySet()).allMatch(name -> name.matches("(llm|adam)/.+"));
    KeptState read = KeptState.fromBytes(first.state().toBytes());
    FedMktServer.Result second =
        FedMktServer.run(
            FedMktScene.server(2, 0),
            CONFIG,
            new FedMktServer.Inputs(
                FedMktScene.NOVICE,
                FedMktScene.PUBLIC,
                Collections.emptySortedMap(),
                Optional.of(read)),
            Compute.oneCore());
    assertThat(second.state().toBytes()).isEqualTo(first.state().toBytes());
    assertThat(second.knowledge()).isEqualTo(first.knowledge());
  }

  @Test
  void aGradientThatIsNoNumberIsNamed() {
    assertThatThrownBy(
            () -> FedMktScene.serve(TinyTask.poisoned(FedMktScene.NOVICE), CONFIG, STEPS, EXPERT))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("server, round 1: ");
  }

  private static FedMktServer.Result serve(FedMktKnowledge... uploads) {
    return FedMktScene.serve(FedMktScene.NOVICE, CONFIG, STEPS, uploads);
  }

  private static double mean(FedMktKnowledge knowledge) {
    return knowledge.entries().values().stream()
        .mapToDouble(FedMktKnowledge.Entry::crossEntropy)
        .average()
        .orElseThrow();
  }
}
