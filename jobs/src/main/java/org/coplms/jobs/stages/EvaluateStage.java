package org.coplms.jobs.stages;

import java.util.List;
import org.coplms.jobs.models.MemoryNeeds;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;

/** Answers the test questions with every model of the run, before and after tuning. */
public final class EvaluateStage implements Stage {
  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public List<String> after() {
    return List.of("prepare", "pretrain", "distill", "cotune");
  }

  @Override
  public void run(RunContext context) {
    MemoryNeeds.requireAnswering(context);
    Evaluation evaluation = new Evaluation(context);
    evaluation.untuned();
    evaluation.tuned();
  }
}
