package org.coplms.jobs.stages;

import java.nio.charset.StandardCharsets;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.card.DataCard;
import org.coplms.dataprep.prepare.Preparation;
import org.coplms.jobs.models.CheckpointTokenizers;
import org.coplms.jobs.models.ModelChecks;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.report.DataPage;
import org.coplms.jobs.report.DomainMix;
import org.coplms.jobs.results.RunResults;

/** Makes the examples, gives each edge device its share, and describes them. */
public final class PrepareStage implements Stage {
  private static final String PAGE = "report/data.html";

  @Override
  public String name() {
    return "prepare";
  }

  @Override
  public void run(RunContext context) {
    ModelChecks.require(context.settings(), context.store().hadoopConfiguration());
    DataStatistics statistics =
        Preparation.prepare(
            context.spark(),
            context.settings().data().spec(context.settings().seed()),
            context.store().dataPath(),
            CheckpointTokenizers.of(context.settings(), context.store().hadoopConfiguration()),
            step -> context.progress().line("  " + step));
    statistics.toTable().lines().forEach(context.progress()::line);
    DomainMix mix =
        DomainMix.of(
            statistics,
            context.settings().data().devices(),
            RunResults.deviceOnlyDomains(statistics));
    String page = DataPage.html(DataCard.of(context.store().dataPath()), mix);
    context.store().write(PAGE, page.getBytes(StandardCharsets.UTF_8));
    context.progress().line("Data card: " + context.store().path(PAGE));
  }
}
