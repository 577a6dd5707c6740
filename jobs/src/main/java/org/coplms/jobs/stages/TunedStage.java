package org.coplms.jobs.stages;

import java.util.List;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;

/** Answers the questions with the models as the last round left them. */
public final class TunedStage implements Stage {
  @Override
  public String name() {
    return "evaluate-tuned";
  }

  @Override
  public List<String> after() {
    return List.of("cotune");
  }

  @Override
  public void run(RunContext context) {
    new Evaluation(context).tuned();
  }
}
