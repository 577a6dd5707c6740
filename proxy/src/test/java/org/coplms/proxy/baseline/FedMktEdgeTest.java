package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.proxy.cotune.TokenBudget;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;

class FedMktEdgeTest {
  private static final FedMktConfig CONFIG = FedMktScene.config(0.3);
  private static final FedMktKnowledge EXPERT = FedMktScene.knowledge(FedMktScene.LLM, CONFIG);
  private static final FedMktEdge.PrivateResult PRIVATE =
      FedMktScene.learnPrivate(CONFIG, Optional.empty());

  @Test
  void bothPhasesTogetherHaveTheTokensOfTheBudget() {
    List<TokenizedExample> own = TinyTask.tokenized(FedMktScene.PRIVATE, FedMktScene.SLM_TOKENIZER);
    long budget = TokenBudget.ofRound(FedMktScene.edge(1).edge(), own).tokens();
    long batch = 4L * TinyTask.MAX_TOKENS;
    assertThat(PRIVATE.tokens())
        .isBetween(budget / 2, budget / 2 + batch)
        .isEqualTo(FedMktEdge.privateTokens(PRIVATE.metrics()));
    FedMktEdge.PublicResult end = FedMktScene.learnPublic(CONFIG, PRIVATE, EXPERT);
    assertThat(end.state().tokens()).isBetween(budget, budget + batch);
    assertThat(FedMktScene.metric(end.metrics(), "data", "slm-tokens"))
        .isEqualTo((double) end.state().tokens());
    assertThat(FedMktScene.metric(end.metrics(), "data", "slm-token-budget"))
        .isEqualTo((double) budget);
  }

  @Test
  void theUploadSpeaksOfPublicTextsOnly() {
    assertThat(PRIVATE.knowledge().entries().keySet())
        .containsExactlyInAnyOrderElementsOf(FedMktScene.PUBLIC.stream().map(Example::id).toList());
  }

  @Test
  void publicPromptsThatWereLearnedCountAsSeen() {
    assertThat(PRIVATE.state().seen()).isEmpty();
    KeptState end = FedMktScene.learnPublic(CONFIG, PRIVATE, EXPERT).state();
    assertThat(end.seen())
        .isNotEmpty()
        .isSubsetOf(PromptHash.ofAll(FedMktScene.PUBLIC.stream().map(Example::prompt).toList()));
  }

  @Test
  void anLlmThatKnowsBetterIsListenedTo() {
    FedMktEdge.PublicResult end = FedMktScene.learnPublic(CONFIG, PRIVATE, EXPERT);
    assertThat(FedMktScene.metric(end.metrics(), "fedmkt", "slm-taught-share")).isEqualTo(1);
    assertThat(FedMktScene.metric(end.metrics(), "fedmkt", "slm-aligned-share"))
        .isBetween(0.1, 1.0);
    assertThat(FedMktScene.metric(end.metrics(), "fedmkt", "slm-target-kl")).isPositive();
    assertThat(end.state().equals(alone())).isFalse();
  }

  @Test
  void anLlmThatKnowsLessIsNot() {
    FedMktKnowledge novice = FedMktScene.claiming(EXPERT, 1000);
    FedMktEdge.PublicResult end = FedMktScene.learnPublic(CONFIG, PRIVATE, novice);
    assertThat(FedMktScene.metric(end.metrics(), "fedmkt", "slm-taught-share")).isZero();
    assertThat(end.state().equals(alone())).isTrue();
  }

  /**
   * The LLM's rows on every text, its own knowledge at the end the closer to it the more weight.
   */
  @Test
  void theStudentMovesTowardsItsTeacher() {
    assertThat(targetKl(0.9)).isLessThan(targetKl(0.05));
  }

  private static double targetKl(double weight) {
    FedMktConfig config = FedMktScene.config(weight);
    FedMktEdge.PublicResult end = FedMktScene.learnPublic(config, PRIVATE, EXPERT);
    return FedMktScene.metric(end.metrics(), "fedmkt", "slm-target-kl");
  }

  @Test
  void aPhaseRepeatsItselfAndGoesOnFromBytes() {
    FedMktEdge.PrivateResult again = FedMktScene.learnPrivate(CONFIG, Optional.empty());
    assertThat(again.state().equals(PRIVATE.state())).isTrue();
    assertThat(again.knowledge()).isEqualTo(PRIVATE.knowledge());
    FedMktEdge.PrivateResult read =
        new FedMktEdge.PrivateResult(
            KeptState.fromBytes(PRIVATE.state().toBytes()),
            FedMktKnowledge.fromBytes(PRIVATE.knowledge().toBytes()),
            PRIVATE.tokens(),
            PRIVATE.metrics());
    assertThat(FedMktScene.learnPublic(CONFIG, read, EXPERT).state().toBytes())
        .isEqualTo(FedMktScene.learnPublic(CONFIG, PRIVATE, EXPERT).state().toBytes());
  }

  @Test
  void theStateIsThatOfAnyTunedSlm() {
    KeptState end = FedMktScene.learnPublic(CONFIG, PRIVATE, EXPERT).state();
    assertThat(end.tensors().keySet()).allMatch(name -> name.matches("(slm|slm-adapter|adam)/.+"));
    assertThat(end.group("slm").keySet()).isEqualTo(FedMktScene.SLM.hostWeights().keySet());
    assertThat(end.group("slm").equals(PRIVATE.state().group("slm"))).isFalse();
    assertThat(end.group("slm-adapter").equals(PRIVATE.state().group("slm-adapter"))).isFalse();
  }

  @Test
  void aGradientThatIsNoNumberIsNamed() {
    FedMktEdge.Inputs poisoned =
        new FedMktEdge.Inputs(
            TinyTask.poisoned(FedMktScene.NOVICE),
            FedMktScene.PRIVATE,
            FedMktScene.PUBLIC,
            Optional.empty());
    assertThatThrownBy(
            () -> FedMktEdge.learnPrivate(FedMktScene.edge(2), CONFIG, poisoned, Compute.oneCore()))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("edge device 2, round 2: batch 1 of private texts");
  }

  /** The public phase by cross-entropy alone. */
  private static KeptState alone() {
    return FedMktScene.learnPublic(FedMktScene.config(0), PRIVATE, EXPERT).state();
  }
}
