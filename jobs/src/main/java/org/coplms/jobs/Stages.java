package org.coplms.jobs;

import org.coplms.jobs.pipeline.Pipeline;
import org.coplms.jobs.stages.CotuneStage;
import org.coplms.jobs.stages.DistillStage;
import org.coplms.jobs.stages.EvaluateStage;
import org.coplms.jobs.stages.PrepareStage;
import org.coplms.jobs.stages.PretrainStage;
import org.coplms.jobs.stages.ReportStage;

/** The stages of a co-tuning run in their order. */
final class Stages {
  private Stages() {}

  static Pipeline pipeline() {
    return Pipeline.of(
        new PrepareStage(),
        new PretrainStage(),
        new DistillStage(),
        new CotuneStage(),
        new EvaluateStage(),
        new ReportStage());
  }
}
