package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.List;
import org.coplms.proxy.baseline.FedMktConfig.CrossEntropyUnit;
import org.coplms.proxy.baseline.FedMktConfig.PublicTexts;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.DenseKl;
import org.coplms.proxy.mutual.MinEdAlignment;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

class FedMktTargetsTest {
  private static final List<TokenizedExample> TEXTS =
      TinyTask.tokenized(FedMktScene.PUBLIC, FedMktScene.LLM_TOKENIZER);

  /** With every logit and one tokenizer nothing is lost but fp16's digits. */
  @Test
  void withOneTokenizerAndAllLogitsTheTermIsTheDenseDivergence() {
    for (double temperature : new double[] {1, 2}) {
      FedMktConfig config =
          new FedMktConfig(
              1000, temperature, 0.3, 0.5, PublicTexts.PUBLIC, 10, CrossEntropyUnit.TOKEN);
      FedMktTargets targets = taught(config, TEXTS);
      Compute.oneCore().begin();
      try (NDManager step = Compute.oneCore().newManager();
          LanguageModel student = FedMktScene.NOVICE.instantiate(step);
          LanguageModel teacher = FedMktScene.LLM.instantiate(step)) {
        BatchLogits own = BatchLogits.of(student, TEXTS, LossScope.RESPONSE, step);
        BatchLogits other = BatchLogits.of(teacher, TEXTS, LossScope.RESPONSE, step);
        double kl =
            DenseKl.loss(own.logits(), other.logits(), temperature, DenseKl.Direction.FORWARD)
                .getFloat();
        double expected =
            0.7 * own.crossEntropy().getFloat() + 0.3 * temperature * temperature * kl;
        Metrics metrics = new Metrics();
        assertThat((double) targets.loss(own, TEXTS, "x", metrics, step).getFloat())
            .isCloseTo(expected, within(5e-3));
        assertThat(FedMktScene.metric(metrics.rows(1, 0), "fedmkt", "x-target-kl"))
            .isCloseTo(kl, within(5e-3));
        assertThat(targets.alignedShare(TEXTS)).isEqualTo(1);
      }
    }
  }

  @Test
  void aTextWithoutATeacherLearnsItsLabels() {
    FedMktConfig config = FedMktScene.config(0.3);
    List<TokenizedExample> half = TEXTS.subList(0, 5);
    FedMktTargets targets = taught(config, half);
    List<TokenizedExample> others = TEXTS.subList(5, 10);
    Compute.oneCore().begin();
    try (NDManager step = Compute.oneCore().newManager();
        LanguageModel student = FedMktScene.NOVICE.instantiate(step)) {
      BatchLogits untaught = BatchLogits.of(student, others, LossScope.RESPONSE, step);
      assertThat(targets.loss(untaught, others, "x", new Metrics(), step).getFloat())
          .isEqualTo(untaught.crossEntropy().getFloat());
      // The loss of a mixed batch is the mean over the positions of both.
      BatchLogits taught = BatchLogits.of(student, half, LossScope.RESPONSE, step);
      BatchLogits mixed = BatchLogits.of(student, TEXTS, LossScope.RESPONSE, step);
      double first = targets.loss(taught, half, "x", new Metrics(), step).getFloat();
      double second = untaught.crossEntropy().getFloat();
      double n = (double) taught.labels().size();
      double m = (double) untaught.labels().size();
      assertThat((double) targets.loss(mixed, TEXTS, "x", new Metrics(), step).getFloat())
          .isCloseTo((n * first + m * second) / (n + m), within(1e-4));
    }
  }

  @Test
  void knowledgeOfAnotherTokenizerIsRefused() {
    FedMktConfig config = FedMktScene.config(0.3);
    FedMktKnowledge knowledge = FedMktScene.knowledge(FedMktScene.LLM, config);
    LmTokenizer wrong = FedMktScene.SLM_TOKENIZER;
    TokenizedExample text = TinyTask.tokenized(FedMktScene.PUBLIC, wrong).get(7);
    assertThatThrownBy(
            () ->
                new FedMktTargets(config)
                    .teach(
                        new MinEdAlignment.Side(TEXTS.get(7), FedMktScene.LLM_TOKENIZER),
                        new MinEdAlignment.Side(text, wrong),
                        knowledge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text.key())
        .hasMessageContaining("another tokenizer");
  }

  private static FedMktTargets taught(FedMktConfig config, List<TokenizedExample> texts) {
    FedMktKnowledge knowledge = FedMktScene.knowledge(FedMktScene.LLM, config);
    FedMktTargets targets = new FedMktTargets(config);
    for (TokenizedExample text : texts) {
      MinEdAlignment.Side side = new MinEdAlignment.Side(text, FedMktScene.LLM_TOKENIZER);
      targets.teach(side, side, knowledge);
    }
    assertThat(targets.size()).isEqualTo(texts.size());
    return targets;
  }
}
