package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StandaloneLearnerTest {
  private static final List<TokenizedExample> TEXTS =
      TinyTask.tokenized(EdgeScene.PRIVATE, EdgeScene.SLM_TOKENIZER);

  @Test
  void trainingEndsWithTheBatchThatReachesTheBudget() {
    int longest = TEXTS.stream().mapToInt(TokenizedExample::length).max().orElseThrow() - 1;
    for (long budget : new long[] {1, 200, 1000}) {
      long tokens = run(task(TuningScope.FULL, 1), budget).tokens();
      assertThat(tokens).isBetween(budget, budget + 4L * longest - 1);
    }
  }

  @Test
  void withoutABudgetNothingIsTrained() {
    KeptState state = run(task(TuningScope.FULL, 1), 0);
    assertThat(state.tokens()).isZero();
    assertThat(state.group("slm").equals(EdgeScene.SLM.weights())).isTrue();
  }

  @Test
  void tokensAreCountedAsInCoTuning() {
    // Texts of one length: every batch has the same tokens in whatever order they come.
    Example one = EdgeScene.PRIVATE.get(0);
    EdgeTask task =
        EdgeScene.task(
            1,
            EdgeScene.edge(
                new DstConfig(2), EdgeScene.saml(3, 0.5, 0.5, 16), EdgeScene.NO_REHEARSAL));
    EdgeResult cotuned =
        EdgeScene.run(task, EdgeScene.inputs(EdgeScene.SLM, EdgeScene.DPM, List.of(one)));
    // 5 steps of 4 copies; the last token of a text is no input.
    assertThat(cotuned.state().tokens()).isEqualTo(5 * 4 * (TEXTS.get(0).length() - 1L));

    AtomicInteger steps = new AtomicInteger();
    Compute compute = new Compute(Device.cpu(), 1, steps::incrementAndGet);
    KeptState alone =
        StandaloneLearner.run(task, EdgeScene.SLM, List.of(one), cotuned.state().tokens(), compute);
    assertThat(alone.tokens()).isEqualTo(cotuned.state().tokens());
    assertThat(steps).hasValue(5);
  }

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void theSlmLearnsItsDevicesQuestions(TuningScope tuning) {
    EdgeTask task = task(tuning, 1);
    double before = crossEntropy(task, run(task, 0));
    double after = crossEntropy(task, run(task, 12_000));
    // A LoRA over weights that are random cannot do much.
    assertThat(after).isLessThan(before * (tuning == TuningScope.FULL ? 0.5 : 0.95));
  }

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void theTensorsOfCoTuningAreTunedAndNoOthers(TuningScope tuning) {
    EdgeTask task = task(tuning, 1);
    KeptState state = run(task, 500);
    EdgeResult cotuned =
        EdgeScene.run(EdgeScene.task(1, EdgeScene.everything(tuning)), EdgeScene.inputs());
    assertThat(state.group("slm").keySet()).isEqualTo(cotuned.state().group("slm").keySet());
    assertThat(state.group("slm-adapter").keySet())
        .isEqualTo(cotuned.state().group("slm-adapter").keySet());
    assertThat(state.tensors().keySet())
        .allMatch(name -> name.matches("(slm|slm-adapter|adam)/.+"));
    KeptState start = run(task, 0);
    assertThat(state.group("slm").equals(start.group("slm"))).isFalse();
    assertThat(state.group("slm-adapter").equals(start.group("slm-adapter"))).isFalse();
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    KeptState once = run(task(TuningScope.FULL, 1), 500);
    assertThat(run(task(TuningScope.FULL, 1), 500).equals(once)).isTrue();
    assertThat(run(task(TuningScope.FULL, 2), 500).equals(once)).isFalse();
  }

  private static double crossEntropy(EdgeTask task, KeptState state) {
    Compute.oneCore().begin();
    try (NDManager manager = Compute.oneCore().newManager();
        LanguageModel slm = SlmTuning.tuned(EdgeScene.SLM, task.edge().slm(), state, manager)) {
      return TinyTask.crossEntropy(slm, TEXTS);
    }
  }

  private static KeptState run(EdgeTask task, long tokens) {
    return StandaloneLearner.run(task, EdgeScene.SLM, EdgeScene.PRIVATE, tokens, Compute.oneCore());
  }

  private static EdgeTask task(TuningScope tuning, int device) {
    return EdgeScene.task(1, device, EdgeScene.everything(tuning));
  }
}
