package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

class EdgeRehearsalTest {
  private static final DstConfig DST = new DstConfig(1);
  private static final SamlConfig SAML = EdgeScene.saml(1, 0.5, 0.5, 16);

  @Test
  void keptPairsAreNewToTheDeviceAndDistinct() {
    EdgeResult result = run(EdgeScene.rehearsal(1, 60, 100));
    List<RehearsalPair> kept = result.state().rehearsal();
    Set<String> own = EdgeScene.PRIVATE.stream().map(Example::prompt).collect(Collectors.toSet());
    assertThat(kept).hasSizeGreaterThan(5);
    assertThat(kept).extracting(RehearsalPair::prompt).doesNotContainAnyElementsOf(own);
    // The draws of the two views are distinct among themselves.
    assertThat(new HashSet<>(kept)).hasSizeGreaterThan(kept.size() / 2);
    assertThat(metric(result, "local-own-prompts")).isPositive();
    assertThat(metric(result, "local-kept") + metric(result, "global-kept")).isEqualTo(kept.size());
    assertThat(metric(result, "local-kept"))
        .isLessThanOrEqualTo(metric(result, "local-drawn") - metric(result, "local-own-prompts"));
    assertThat(metric(result, "global-kept")).isLessThanOrEqualTo(12); // a quarter of 0.8 · 60
  }

  @Test
  void theBufferKeepsTheLatestPairsWithinItsCapacity() {
    EdgeConfig edge = EdgeScene.edge(DST, SAML, EdgeScene.rehearsal(1, 60, 8));
    EdgeResult first = EdgeScene.run(EdgeScene.task(1, edge), EdgeScene.inputs());
    EdgeResult second =
        EdgeScene.run(EdgeScene.task(2, edge), EdgeScene.after(EdgeScene.inputs(), first));
    assertThat(first.state().rehearsal()).hasSize(8);
    assertThat(second.state().rehearsal()).hasSize(8).isNotEqualTo(first.state().rehearsal());
  }

  @Test
  void earlierPairsStayWhileThereIsRoom() {
    EdgeConfig edge = EdgeScene.edge(DST, SAML, EdgeScene.rehearsal(1, 20, 1000));
    EdgeResult first = EdgeScene.run(EdgeScene.task(1, edge), EdgeScene.inputs());
    EdgeResult second =
        EdgeScene.run(EdgeScene.task(2, edge), EdgeScene.after(EdgeScene.inputs(), first));
    List<RehearsalPair> before = first.state().rehearsal();
    assertThat(second.state().rehearsal().subList(0, before.size())).isEqualTo(before);
    assertThat(second.state().rehearsal()).hasSizeGreaterThan(before.size());
  }

  @Test
  void withoutStepsOrSamplesNothingIsRehearsed() {
    for (RehearsalConfig off :
        List.of(EdgeScene.rehearsal(0, 60, 100), EdgeScene.rehearsal(5, 0, 100))) {
      EdgeResult result = run(off);
      assertThat(result.state().rehearsal()).isEmpty();
      assertThat(result.metrics()).extracting(Metrics.Row::stage).doesNotContain("rehearsal");
    }
  }

  @Test
  void rehearsalAddsItsTokens() {
    double without = tokens(run(EdgeScene.NO_REHEARSAL));
    assertThat(tokens(run(EdgeScene.rehearsal(4, 60, 100)))).isGreaterThan(2 * without);
  }

  @Test
  void everyPromptThatEnteredTheBufferStaysAmongTheSeen() {
    EdgeConfig edge = EdgeScene.edge(DST, SAML, EdgeScene.rehearsal(1, 60, 8));
    EdgeResult first = EdgeScene.run(EdgeScene.task(1, edge), EdgeScene.inputs());
    EdgeResult second =
        EdgeScene.run(EdgeScene.task(2, edge), EdgeScene.after(EdgeScene.inputs(), first));
    assertThat(first.state().seen()).containsAll(hashes(first)).hasSizeGreaterThan(8);
    assertThat(second.state().seen())
        .containsAll(first.state().seen())
        .containsAll(hashes(second))
        .doesNotContainAnyElementsOf(
            PromptHash.ofAll(EdgeScene.PRIVATE.stream().map(Example::prompt).toList()));
  }

  @Test
  void withoutRehearsalNothingForeignIsSeen() {
    assertThat(run(EdgeScene.NO_REHEARSAL).state().seen()).isEmpty();
  }

  @Test
  void theSlmLearnsWhatTheDpmGenerates() {
    double first = metric(run(EdgeScene.rehearsal(1, 60, 100)), "slm-ce");
    double mean = metric(run(EdgeScene.rehearsal(60, 60, 100)), "slm-ce");
    assertThat(mean).isLessThan(first * 0.6);
  }

  @Test
  void withoutTheDpmsWeightOnlyTheTextCounts() {
    RehearsalConfig text = new RehearsalConfig(2, 60, 1, 0, 0.8, 100, 0, TinyTask.MAX_TOKENS, 0);
    EdgeResult result = run(text);
    assertThat(EdgeScene.metric(result.metrics(), "rehearsal", "slm-ce")).isPresent();
    assertThat(EdgeScene.metric(result.metrics(), "rehearsal", "kl-dpm-to-slm")).isEmpty();
    assertThat(EdgeScene.metric(result.metrics(), "rehearsal", "global-drawn")).isEmpty();
  }

  @Test
  void thetaReplaysWhatTheDpmWroteOnlyWhereAsked() {
    EdgeResult replayed = run(replay(1));
    EdgeResult plain = run(replay(0));
    assertThat(EdgeScene.metric(replayed.metrics(), "saml", "dpm-replay-ce")).isPresent();
    assertThat(EdgeScene.metric(plain.metrics(), "saml", "dpm-replay-ce")).isEmpty();
    assertThat(replayed.theta().equals(plain.theta())).isFalse();
    assertThat(EdgeScene.metric(replayed.metrics(), "data", "slm-tokens"))
        .as("replay costs the SLM nothing")
        .isEqualTo(EdgeScene.metric(plain.metrics(), "data", "slm-tokens"));
  }

  private static RehearsalConfig replay(double share) {
    return new RehearsalConfig(2, 60, 1, 0, 0.8, 100, 0, TinyTask.MAX_TOKENS, share);
  }

  @Test
  void aDpmThatCannotAskYetLeavesThePrivateBatches() {
    BaseModel mute = TinyTask.random(Family.LLAMA, 16, 1, EdgeScene.DPM_TOKENIZER, 1);
    EdgeTask task = EdgeScene.task(1, EdgeScene.edge(DST, SAML, EdgeScene.rehearsal(5, 4, 100)));
    EdgeResult result =
        EdgeScene.run(task, EdgeScene.inputs(EdgeScene.SLM, mute, EdgeScene.PRIVATE));
    assertThat(result.state().rehearsal()).isEmpty();
    assertThat(EdgeScene.metric(result.metrics(), "saml", "slm-ce")).isPresent();
    assertThat(EdgeScene.metric(result.metrics(), "rehearsal", "slm-ce")).isEmpty();
  }

  private static Set<Long> hashes(EdgeResult result) {
    return PromptHash.ofAll(
        result.state().rehearsal().stream().map(RehearsalPair::prompt).toList());
  }

  private static EdgeResult run(RehearsalConfig rehearsal) {
    EdgeTask task = EdgeScene.task(1, EdgeScene.edge(DST, SAML, rehearsal));
    return EdgeScene.run(task, EdgeScene.inputs());
  }

  private static double metric(EdgeResult result, String name) {
    return EdgeScene.metric(result.metrics(), "rehearsal", name).orElseThrow();
  }

  private static double tokens(EdgeResult result) {
    return EdgeScene.metric(result.metrics(), "data", "slm-tokens").orElseThrow();
  }
}
