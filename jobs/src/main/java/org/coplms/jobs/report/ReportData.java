package org.coplms.jobs.report;

import java.util.List;
import org.coplms.proxy.cotune.Metrics;

/**
 * Everything the report shows. Each part may be empty; its section then says so.
 *
 * @param metrics of all committed rounds, in any order
 * @param samples shown in this order; choose them by a rule that does not look at the outcome
 * @param stages in the order in which they ran
 * @param notes sentences for the foot of the page: what is an extension, what limits the figures
 */
public record ReportData(
    RunInfo run,
    ResultTable results,
    List<Metrics.Row> metrics,
    DomainMix mix,
    Traffic traffic,
    List<SampleQuestion> samples,
    List<StageTime> stages,
    List<String> notes) {
  public ReportData {
    metrics = List.copyOf(metrics);
    samples = List.copyOf(samples);
    stages = List.copyOf(stages);
    notes = List.copyOf(notes);
  }

  /** A run of which nothing is known yet but its description. */
  public static ReportData started(RunInfo run) {
    return new ReportData(
        run,
        ResultTable.empty(),
        List.of(),
        DomainMix.empty(),
        Traffic.empty(),
        List.of(),
        List.of(),
        List.of());
  }
}
