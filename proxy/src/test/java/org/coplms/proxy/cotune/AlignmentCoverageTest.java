package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.coplms.proxy.mutual.Alignment;
import org.coplms.proxy.mutual.ByteAlignment;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

class AlignmentCoverageTest {

  @Test
  void aWholeResponseIsCoveredToItsEnd() {
    // Six bytes: groups (0..2), (2..6) and the end of the text.
    AlignmentCoverage coverage = AlignmentCoverage.of(List.of(pair(ends(1, 2, 6), ends(2, 4, 6))));
    assertThat(coverage).isEqualTo(new AlignmentCoverage(1, 3, 1, 6, 6, 4, 4));
  }

  @Test
  void aTruncatedResponseIsCoveredToTheLastCommonBoundary() {
    AlignmentCoverage coverage =
        AlignmentCoverage.of(List.of(pair(cut(2, 5), cut(1, 2, 4, 9)), pair(cut(3), cut(2))));
    assertThat(coverage).isEqualTo(new AlignmentCoverage(2, 1, 0, 9 + 3, 2, 3, 5));
    Metrics metrics = new Metrics();
    coverage.observe(metrics, "x-", 8);
    assertThat(row(metrics, "x-skipped")).hasValue(0.75);
    assertThat(row(metrics, "x-groups")).hasValue(0.5);
    assertThat(row(metrics, "x-one-to-one")).hasValue(0);
    assertThat(row(metrics, "x-coverage")).hasValue(2.0 / 12);
    assertThat(row(metrics, "x-compared-slm")).hasValue(1.0 / 3);
    assertThat(row(metrics, "x-compared-dpm")).hasValue(1.0 / 5);
  }

  @Test
  void nothingOfferedGivesNoRow() {
    Metrics metrics = new Metrics();
    AlignmentCoverage.of(List.of()).observe(metrics, "", 0);
    assertThat(metrics.rows(1, 1)).isEmpty();
  }

  @Test
  void aRoundSaysHowMuchOfPrivateAndOfRehearsalTextIsCompared() {
    Example tooLong = new Example("long", "d", "x".repeat(TinyTask.MAX_TOKENS), List.of("y"));
    List<Example> examples = new ArrayList<>(EdgeScene.PRIVATE);
    examples.add(tooLong);
    EdgeResult result =
        EdgeScene.run(
            EdgeScene.task(1, EdgeScene.everything(TuningScope.FULL)),
            EdgeScene.inputs(EdgeScene.SLM, EdgeScene.DPM, examples));
    assertThat(alignment(result, "skipped")).hasValue(1.0 / 11);
    for (String prefix : List.of("", "rehearsal-")) {
      assertThat(alignment(result, prefix + "coverage").orElse(0)).isGreaterThan(0.9);
      assertThat(alignment(result, prefix + "one-to-one").orElse(0)).isBetween(0.1, 1.0);
      assertThat(alignment(result, prefix + "mapped-mass-to-slm").orElse(0)).isBetween(0.1, 1.001);
      // The SLM has a token for each byte: fewer of its positions begin a group.
      assertThat(alignment(result, prefix + "compared-slm").orElse(0))
          .isBetween(0.1, alignment(result, prefix + "compared-dpm").orElse(0) - 1e-9);
    }
  }

  private static OptionalDouble alignment(EdgeResult result, String name) {
    return EdgeScene.metric(result.metrics(), "alignment", name);
  }

  private static OptionalDouble row(Metrics metrics, String name) {
    return EdgeScene.metric(metrics.rows(1, 1), "alignment", name);
  }

  private static PairedExample pair(TokenizedExample slm, TokenizedExample dpm) {
    Alignment alignment = ByteAlignment.align(slm, dpm);
    return new PairedExample(slm, dpm, alignment);
  }

  private static TokenizedExample ends(int... ends) {
    return new TokenizedExample("k", new int[ends.length + 2], 1, ends, false);
  }

  private static TokenizedExample cut(int... ends) {
    return new TokenizedExample("k", new int[ends.length + 1], 1, ends, true);
  }
}
