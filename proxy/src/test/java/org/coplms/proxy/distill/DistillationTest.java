package org.coplms.proxy.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.coplms.proxy.distill.Distillation.Distilled;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.mutual.DenseKl.Direction;
import org.coplms.proxy.mutual.LogitRecorder;
import org.coplms.proxy.mutual.PeerLogits;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.OptimizerConfig;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DistillationTest {
  private static final LmTokenizer TOKENIZER = TinyTask.tokenizer(287);
  private static final List<TokenizedExample> TEXTS =
      TinyTask.tokenized(TinyTask.examples(), TOKENIZER);
  private static final BaseModel LLM = TinyTask.trained(16, 4, TOKENIZER, TinyTask.examples(), 80);

  @ParameterizedTest
  @EnumSource(Direction.class)
  void aTruncatedLlmComesCloserToTheWholeInEveryDirection(Direction direction) {
    Distilled distilled = distill(config(40, direction, 5e-3, 100), truncated(2));
    assertThat(distilled.steps()).isEqualTo(40);
    assertThat(lowest(distilled)).isLessThan(0.75 * start(direction, truncated(2))).isPositive();
  }

  @Test
  void aFreshModelLearnsFromTheLlm() {
    BaseModel fresh = TinyTask.random(Family.LLAMA, 16, 2, TOKENIZER, 9);
    Distilled distilled = distill(config(60, Direction.FORWARD, 1e-2, 100), fresh);
    assertThat(lowest(distilled)).isLessThan(start(Direction.FORWARD, fresh) / 2).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void theWholeLlmHasNothingToLearnFromItself(Direction direction) {
    Distilled distilled = distill(config(5, direction, 1e-9, 100), truncated(4));
    assertThat(distilled.validationKl().get(0)).isBetween(-1e-3, 1e-3);
  }

  @Test
  void trainingStopsEarlyAndTheBestWeightsAreReturned() {
    OptimizerConfig constant = new OptimizerConfig(5e-2, 0, 1, 0, 1);
    Distilled stopped = distill(config(400, Direction.FORWARD, constant, 2), truncated(2));
    List<Double> course = stopped.validationKl();
    int best = course.indexOf(Collections.min(course));
    assertThat(stopped.steps()).isEqualTo(5 * course.size()).isLessThan(400);
    assertThat(best).isEqualTo(course.size() - 1 - 2);

    // A constant learning rate: the same steps without those after the best.
    Distilled uninterrupted =
        distill(config(5 * (best + 1), Direction.FORWARD, constant, 2), truncated(2));
    assertThat(stopped.weights()).isEqualTo(uninterrupted.weights());
  }

  @Test
  void withNothingHeldOutTheLastWeightsAreReturned() {
    Distilled distilled = distill(config(3, Direction.FORWARD, TinyTask.FAST, 1, 0), truncated(2));
    assertThat(distilled.validationKl()).isEmpty();
    assertThat(distilled.steps()).isEqualTo(3);
    assertThat(distilled.weights()).isNotEqualTo(truncated(2).hostWeights());
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    DistillConfig config = config(10, Direction.FORWARD, 5e-3, 100);
    Distilled once = distill(config, truncated(2));
    assertThat(distill(config, truncated(2))).isEqualTo(once);
    assertThat(distill(config, truncated(2), 8, Compute.oneCore()).weights())
        .isNotEqualTo(once.weights());
  }

  @Test
  void theLlmStaysAsItIs() {
    String before = BaseModel.of(LLM.config(), LLM.hostWeights(), TOKENIZER).hash();
    distill(config(5, Direction.REVERSE, 1e-2, 100), truncated(2));
    assertThat(BaseModel.of(LLM.config(), LLM.hostWeights(), TOKENIZER).hash()).isEqualTo(before);
  }

  @Test
  void everyStepIsReported() {
    AtomicInteger steps = new AtomicInteger();
    Compute compute = new Compute(Torch.defaultDevice(), 1, steps::incrementAndGet);
    distill(config(7, Direction.FORWARD, 5e-3, 100), truncated(2), 1, compute);
    assertThat(steps).hasValue(7);
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void aWeightThatIsNotANumberEndsTheTraining(Direction direction) {
    BaseModel poisoned = TinyTask.poisoned(truncated(2));
    assertThatThrownBy(() -> distill(config(5, direction, 5e-3, 100), poisoned))
        .isInstanceOf(TrainingDivergedException.class);
  }

  /** The validation KL before anything was learned. */
  private static double start(Direction direction, BaseModel model) {
    return distill(config(5, direction, 1e-9, 100), model).validationKl().get(0);
  }

  private static double lowest(Distilled distilled) {
    return Collections.min(distilled.validationKl());
  }

  private static BaseModel truncated(int layers) {
    LmConfig config = LLM.config().withLayers(layers);
    return BaseModel.of(config, DpmInit.truncate(LLM.config(), LLM.weights(), layers), TOKENIZER);
  }

  private static Distilled distill(DistillConfig config, BaseModel start) {
    return distill(config, start, 1, Compute.oneCore());
  }

  private static Distilled distill(
      DistillConfig config, BaseModel start, long seed, Compute compute) {
    return Distillation.run(config, start, LLM, TEXTS, llmLogits(config), seed, compute);
  }

  private static PeerLogits llmLogits(DistillConfig config) {
    Compute.oneCore().begin();
    try (NDManager manager = Compute.oneCore().newManager();
        LanguageModel llm = LLM.instantiate(manager)) {
      return new LogitRecorder(llm, config.scope(), config.topK(), config.temperature())
          .recordAll(TEXTS, 16, manager);
    }
  }

  private static DistillConfig config(
      int steps, Direction direction, double learningRate, int patience) {
    OptimizerConfig optimizer = new OptimizerConfig(learningRate, 0, 1, 0, 0.1);
    return config(steps, direction, optimizer, patience);
  }

  private static DistillConfig config(
      int steps, Direction direction, OptimizerConfig optimizer, int patience) {
    return config(steps, direction, optimizer, patience, 0.2);
  }

  /** A look every fifth step; all of the vocabulary is compared, at T = 2. */
  private static DistillConfig config(
      int steps,
      Direction direction,
      OptimizerConfig optimizer,
      int patience,
      double validationShare) {
    return new DistillConfig(
        DpmInit.TRUNCATE,
        0,
        steps,
        8,
        TinyTask.MAX_TOKENS,
        0,
        1,
        LossScope.TEXT,
        0.5,
        2,
        TOKENIZER.vocabSize(),
        direction,
        validationShare,
        5,
        patience,
        optimizer);
  }
}
