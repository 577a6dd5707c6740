package org.coplms.jobs.stages;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.results.ResultSummary;

/** Writes {@code metrics.json} and the report, and shows the result table. */
public final class ReportStage implements Stage {
  private static final String REPORT = "report/index.html";

  @Override
  public String name() {
    return "report";
  }

  @Override
  public List<String> after() {
    return List.of("prepare", "pretrain", "distill", "cotune", "evaluate");
  }

  @Override
  public boolean always() {
    return true;
  }

  @Override
  public void run(RunContext context) {
    ResultSummary summary = ResultSummary.of(context);
    context.store().writeJson("metrics.json", summary.metricsJson());
    context.store().write(REPORT, summary.html().getBytes(StandardCharsets.UTF_8));
    summary.table().forEach(System.out::println);
    System.out.println("Report: " + context.store().path(REPORT));
  }
}
