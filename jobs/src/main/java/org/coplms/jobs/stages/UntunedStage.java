package org.coplms.jobs.stages;

import java.util.List;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;

/** Answers the questions with the models before any tuning. */
public final class UntunedStage implements Stage {
  @Override
  public String name() {
    return "evaluate-untuned";
  }

  @Override
  public List<String> after() {
    return List.of("prepare", "pretrain", "distill");
  }

  @Override
  public void run(RunContext context) {
    new Evaluation(context).untuned();
  }
}
