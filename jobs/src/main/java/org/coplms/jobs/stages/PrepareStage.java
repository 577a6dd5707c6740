package org.coplms.jobs.stages;

import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.Preparation;
import org.coplms.jobs.models.ModelChecks;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;

/** Makes the examples and gives each edge device its share. */
public final class PrepareStage implements Stage {
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
            context.store().dataPath());
    statistics.toTable().lines().forEach(context.progress()::line);
  }
}
