package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

/** A round trains the SLM on its budget, whatever kinds of batches fill it. */
class TokenBudgetTest {
  private static final List<TokenizedExample> TEXTS =
      TinyTask.tokenized(EdgeScene.PRIVATE, EdgeScene.SLM_TOKENIZER);
  private static final int LONGEST_BATCH = 4 * (TinyTask.MAX_TOKENS - 1);

  @Test
  void theBudgetIsStepsTimesBatchTimesMeanInputLength() {
    double mean = TEXTS.stream().mapToInt(text -> text.length() - 1).average().orElseThrow();
    assertThat(budget(edge(3, 5, EdgeScene.rehearsal(7, 40, 100))))
        .isEqualTo(Math.round(15 * 4 * mean));
    assertThat(budget(edge(0, 0, EdgeScene.NO_REHEARSAL))).isZero();
  }

  @Test
  void aRoundEndsWithTheBatchThatReachesItsBudget() {
    for (EdgeConfig edge :
        List.of(
            edge(3, 4, EdgeScene.NO_REHEARSAL),
            edge(3, 4, EdgeScene.rehearsal(8, 40, 100)),
            edge(0, 0, EdgeScene.rehearsal(8, 40, 100)),
            edge(0, 4, EdgeScene.rehearsal(8, 0, 100)))) {
      assertReached(run(edge, EdgeScene.DPM), edge);
    }
  }

  @Test
  void privateBatchesFillTheBudgetOfADpmThatCannotAsk() {
    BaseModel mute = TinyTask.random(Family.LLAMA, 16, 1, EdgeScene.DPM_TOKENIZER, 1);
    EdgeConfig edge = edge(1, 2, EdgeScene.rehearsal(6, 4, 100));
    EdgeResult result = run(edge, mute);
    assertThat(result.state().rehearsal()).isEmpty();
    assertReached(result, edge);
  }

  @Test
  void textsOfOneLengthMeetTheBudgetExactly() {
    Example one = EdgeScene.PRIVATE.get(0);
    EdgeResult result =
        EdgeScene.run(
            EdgeScene.task(1, edge(2, 3, EdgeScene.NO_REHEARSAL)),
            EdgeScene.inputs(EdgeScene.SLM, EdgeScene.DPM, List.of(one)));
    assertThat(result.state().tokens()).isEqualTo(5 * 4 * (TEXTS.get(0).length() - 1L));
  }

  /** So that a baseline without a DPM has the same budget. */
  @Test
  void anExampleThatTheProxyAloneCannotReadCountsInTheBudget() {
    BaseModel slm = EdgeScene.SLM_OF_ONE_VOCABULARY;
    BaseModel dpm = TinyTask.random(Family.LLAMA, 16, 1, EdgeScene.SLM_TOKENIZER, 1);
    List<Example> examples = new ArrayList<>(EdgeScene.PRIVATE);
    // The proxy has a token for each byte.
    examples.add(new Example("long", "swedish", " swedish".repeat(5), List.of("ja")));
    EdgeConfig edge = edge(0, 3, EdgeScene.NO_REHEARSAL);
    EdgeResult result =
        EdgeScene.run(EdgeScene.task(1, edge), EdgeScene.inputs(slm, dpm, examples));
    List<TokenizedExample> texts = TinyTask.tokenized(examples, slm.tokenizer());
    assertThat(texts).hasSize(11);
    assertThat(EdgeScene.metric(result.metrics(), "data", "skipped-examples")).hasValue(1);
    assertThat(EdgeScene.metric(result.metrics(), "data", "slm-token-budget"))
        .hasValue((double) TokenBudget.ofRound(edge, texts).tokens());
  }

  @Test
  void privateAndRehearsalBatchesKeepTheirRatio() {
    AtomicInteger steps = new AtomicInteger();
    Compute compute = new Compute(Compute.oneCore().device(), 1, steps::incrementAndGet);
    EdgeConfig edge = edge(0, 6, EdgeScene.rehearsal(12, 60, 100));
    EdgeResult result = EdgeLearner.run(EdgeScene.task(1, edge), EdgeScene.inputs(), compute);
    assertThat(result.state().group("adam").get("step").at(0)).isEqualTo(steps.get());
    double own = count(result, "saml");
    assertThat(own / steps.get()).isBetween(0.25, 0.42);
  }

  private static double count(EdgeResult result, String stage) {
    return EdgeScene.metric(result.metrics(), "data", stage + "-batches").orElseThrow();
  }

  private static void assertReached(EdgeResult result, EdgeConfig edge) {
    long budget = budget(edge);
    assertThat(result.state().tokens()).isBetween(budget, budget + LONGEST_BATCH - 1);
    assertThat(EdgeScene.metric(result.metrics(), "data", "slm-tokens"))
        .hasValue((double) result.state().tokens());
    assertThat(EdgeScene.metric(result.metrics(), "data", "slm-token-budget"))
        .hasValue((double) budget);
  }

  private static long budget(EdgeConfig edge) {
    return TokenBudget.ofRound(edge, TEXTS).tokens();
  }

  private static EdgeConfig edge(int dst, int saml, RehearsalConfig rehearsal) {
    return EdgeScene.edge(new DstConfig(dst), EdgeScene.saml(saml, 0.5, 0.5, 16), rehearsal);
  }

  private static EdgeResult run(EdgeConfig edge, BaseModel dpm) {
    return EdgeScene.run(
        EdgeScene.task(1, edge), EdgeScene.inputs(EdgeScene.SLM, dpm, EdgeScene.PRIVATE));
  }
}
