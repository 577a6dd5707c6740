package org.coplms.jobs.report;

import java.util.List;

/** What the template reads: texts and geometry, nothing left to compute. */
public record ReportPage(
    RunSection run,
    List<Headline.Tile> tiles,
    ResultsSection results,
    CurvesSection curves,
    HealthSection health,
    MixSection mix,
    TrafficSection traffic,
    SamplesSection samples,
    TimeSection time,
    List<String> notes) {
  static ReportPage of(ReportData data) {
    return new ReportPage(
        RunSection.of(data.run()),
        Headline.tiles(data),
        ResultsSection.of(data.results()),
        CurvesSection.of(data.metrics()),
        HealthSection.of(data.metrics()),
        MixSection.of(data.mix()),
        TrafficSection.of(data.traffic()),
        SamplesSection.of(data.samples(), data.mix()),
        TimeSection.of(data.stages()),
        data.notes());
  }
}
