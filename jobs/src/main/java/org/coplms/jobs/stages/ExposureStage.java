package org.coplms.jobs.stages;

import java.util.List;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;

/** Counts how many prompts of others each SLM has met in generated or shared texts. */
public final class ExposureStage implements Stage {
  @Override
  public String name() {
    return "exposure";
  }

  @Override
  public List<String> after() {
    return List.of("cotune");
  }

  @Override
  public void run(RunContext context) {
    throw new UnsupportedOperationException();
  }
}
