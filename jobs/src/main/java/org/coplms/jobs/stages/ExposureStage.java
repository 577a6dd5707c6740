package org.coplms.jobs.stages;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.apache.spark.sql.SaveMode;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.store.RunStore;
import org.coplms.udfs.exposure.Exposure;

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
    RunStore store = context.store();
    String questions = context.settings().evaluation().split().deviceSplit();
    try (Tasks tasks = Tasks.start(context, "exposure", 0)) {
      Exposure exposure =
          Exposure.of(
              context.spark(),
              Prepared.devices(context.spark(), store.dataPath(), Splits.TRAIN),
              Prepared.devices(context.spark(), store.dataPath(), questions),
              store.roundPath(context.settings().cotune().rounds(), "devices"),
              tasks.edge());
      exposure
          .questions()
          .coalesce(1)
          .write()
          .mode(SaveMode.Overwrite)
          .parquet(store.path("exposure.parquet"));
      store.writeJson("exposure.json", new ObjectMapper().valueToTree(exposure.json()));
    }
  }
}
