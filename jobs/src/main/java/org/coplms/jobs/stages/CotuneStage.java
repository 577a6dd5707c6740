package org.coplms.jobs.stages;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.cotune.Coordinator;
import org.coplms.jobs.cotune.LocalRounds;
import org.coplms.jobs.models.MemoryNeeds;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.store.Ledger;
import org.coplms.udfs.edge.DeviceData;

/** Runs the rounds, then tunes each SLM alone on as many tokens, for comparison. */
public final class CotuneStage implements Stage {
  /** Folder of the states of the SLMs that were tuned alone. */
  static final String STANDALONE = "standalone/devices";

  @Override
  public String name() {
    return "cotune";
  }

  @Override
  public List<String> after() {
    return List.of("prepare", "pretrain", "distill");
  }

  @Override
  public void run(RunContext context) {
    MemoryNeeds.requireCotuning(context);
    context.store().recordHashes(RunModels.hashes(context));
    new Coordinator(context).run();
    new Ledger(context.store()).consolidate(context.spark());
    if (context.settings().cotune().standalone()) {
      standalone(context);
    }
  }

  private static void standalone(RunContext context) {
    JavaRDD<Row> data =
        DeviceData.byDevice(
            Prepared.devices(context.spark(), context.store().dataPath(), Splits.TRAIN),
            context.settings().data().devices());
    try {
      LocalRounds.alone(context, data, context.store().path(STANDALONE));
    } finally {
      data.unpersist(false);
    }
  }
}
