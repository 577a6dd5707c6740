package org.coplms.jobs.results;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.report.ReportWriter;

/** A finished run for programs, for the terminal and for people. */
public final class ResultSummary {
  private final RunContext context;
  private final RunResults results;

  private ResultSummary(RunContext context, RunResults results) {
    this.context = context;
    this.results = results;
  }

  /** Reads what the run has left in its folder. */
  public static ResultSummary of(RunContext context) {
    return new ResultSummary(context, RunResults.of(context));
  }

  /** {@code metrics.json}. */
  public ObjectNode metricsJson() {
    return MetricsJson.of(context, results);
  }

  /** The result table's lines. */
  public List<String> table() {
    return ResultTableText.of(results, context.settings().evaluation().split().deviceSplit());
  }

  /** The report's page. */
  public String html() {
    return ReportWriter.render(ReportContents.of(context, results));
  }
}
