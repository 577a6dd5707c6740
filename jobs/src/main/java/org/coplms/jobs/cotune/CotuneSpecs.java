package org.coplms.jobs.cotune;

import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.udfs.edge.EdgeSpec;
import org.coplms.udfs.model.TaskSpec;

/** The settings as tasks take them. */
public final class CotuneSpecs {
  private CotuneSpecs() {}

  /** A run as its edge devices see it. */
  public static EdgeSpec edge(RunContext context, TaskSpec task) {
    Settings settings = context.settings();
    return new EdgeSpec(
        settings.seed(),
        settings.cotune().rounds(),
        settings.cotune().edge(),
        settings.cotune().thetaConfig(),
        settings.text(),
        RunModels.dpm(context).location(),
        RunModels.slms(context).stream().map(RunModels.Entry::location).toList(),
        task);
  }
}
