package org.coplms.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.metric.Scores;
import org.junit.jupiter.api.Test;

class SectionsTest {
  @Test
  void macroMeanWeighsDevicesAlikeAndMicroMeanQuestions() {
    ResultsSection results =
        ResultsSection.of(
            new ResultTable(List.of(alone(0, 10, 300), alone(1, 50, 100)), List.of()));
    assertThat(results.rows().get(2).exactMatch().alone()).isEqualTo("30.0");
    assertThat(results.rows().get(3).exactMatch().alone()).isEqualTo("20.0");
  }

  @Test
  void aMeanIsLeftOutWhileADeviceLacksTheScore() {
    ResultTable.Device before =
        new ResultTable.Device(
            1, "slm", ReportFixtures.scores(5), Optional.empty(), Optional.empty());
    ResultsSection results =
        ResultsSection.of(
            new ResultTable(List.of(ReportFixtures.device(0, 1, 2, 3), before), List.of()));
    ResultsSection.Cells mean = results.rows().get(2).exactMatch();
    assertThat(mean.before()).isEqualTo("3.0");
    assertThat(mean.cotuned()).isEqualTo(Display.MISSING);
    assertThat(mean.gain().points()).isEqualTo(Display.MISSING);
    assertThat(results.headline()).isEmpty();
  }

  @Test
  void aLossIsCalledALoss() {
    ResultsSection results =
        ResultsSection.of(new ResultTable(List.of(ReportFixtures.device(0, 1, 20, 15)), List.of()));
    assertThat(results.rows().get(0).exactMatch().gain())
        .isEqualTo(new ResultsSection.Gain("−5.0", "−25.0 %", "down"));
    assertThat(results.headline()).contains("−5.0 and −5.0 points");
  }

  @Test
  void trafficIsSummedByRoundAndComparedByFactor() {
    TrafficSection traffic = TrafficSection.of(ReportFixtures.full().traffic());
    assertThat(traffic.rounds().get(0))
        .isEqualTo(new TrafficSection.RoundRow("1", "1.5 MB", "1.0 MB", "2.5 MB", "2"));
    assertThat(traffic.total().both()).isEqualTo("4.0 MB");
    assertThat(traffic.comparisons())
        .extracting(TrafficSection.Comparison::factor)
        .containsExactly("1.0×", "20.0×");
  }

  @Test
  void healthPointsOutWhatMakesDistillationIdle() {
    HealthSection health =
        HealthSection.of(
            List.of(
                new Metrics.Row(1, 0, "saml", "slm-ce", 2),
                new Metrics.Row(1, 0, "saml", "kl-dpm-to-slm", 0.001),
                new Metrics.Row(1, 0, "saml", "kd-gradient-norm-slm", 0),
                new Metrics.Row(1, 0, "alignment", "coverage", 0.2),
                new Metrics.Row(1, 1, "saml", "slm-ce", Double.NaN)));
    assertThat(health.remarks())
        .hasSize(4)
        .contains("Device 1, round 1: saml/slm-ce is not finite.")
        .contains("Device 0: the KL's gradient is zero; nothing is distilled.")
        .contains("Device 0: only 20.0 % of the response bytes align.")
        .anyMatch(remark -> remark.contains("more than 100 times smaller"));
  }

  @Test
  void healthShowsTheLastRoundAndSumsCounts() {
    HealthSection health =
        HealthSection.of(
            List.of(
                new Metrics.Row(2, 0, "saml", "slm-ce", 1),
                new Metrics.Row(1, 0, "saml", "slm-ce", 2),
                new Metrics.Row(1, 0, "rehearsal", "local-kept", 3),
                new Metrics.Row(2, 0, "rehearsal", "local-kept", 4)));
    assertThat(health.rows().get(0).cells()).containsExactly("1.00", "7");
    assertThat(health.remarks()).isEmpty();
  }

  @Test
  void mixPutsDeviceOnlyDomainsLastAndFillsGapsWithZero() {
    MixSection mix =
        MixSection.of(
            new DomainMix(
                List.of(new DomainMix.Count(0, "de", 3), new DomainMix.Count(1, "fr", 4)),
                Set.of("de")));
    assertThat(mix.domains()).extracting(MixSection.Domain::name).containsExactly("fr", "de");
    assertThat(mix.rows().get(0).cells())
        .extracting(MixSection.Cell::count)
        .containsExactly("0", "3");
  }

  @Test
  void metricsWithoutAPlaceAreStillDrawn() {
    CurvesSection curves = CurvesSection.of(List.of(new Metrics.Row(1, 0, "novel", "figure", 4)));
    assertThat(curves.groups()).isEmpty();
    assertThat(curves.further()).extracting(LineChart::title).containsExactly("novel: figure");
  }

  private static ResultTable.Device alone(int device, double exactMatch, long examples) {
    return new ResultTable.Device(
        device,
        "slm",
        Optional.empty(),
        Optional.of(new Scores(0, exactMatch, examples)),
        Optional.empty());
  }
}
