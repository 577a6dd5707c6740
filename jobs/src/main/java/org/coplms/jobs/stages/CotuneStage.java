package org.coplms.jobs.stages;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.cotune.Coordinator;
import org.coplms.jobs.cotune.CotuneSpecs;
import org.coplms.jobs.models.MemoryNeeds;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.store.Ledger;
import org.coplms.udfs.edge.DeviceData;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.edge.StandaloneTraining;

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
    MemoryNeeds.require(context);
    context.store().recordHashes(RunModels.hashes(context));
    new Coordinator(context).run();
    new Ledger(context.store()).consolidate(context.spark());
    if (context.settings().cotune().standalone()) {
      standalone(context);
    }
  }

  private static void standalone(RunContext context) {
    CotuneSettings cotune = context.settings().cotune();
    int devices = context.settings().data().devices();
    long steps =
        (long) devices
            * cotune.rounds()
            * (cotune.edge().dst().steps()
                + cotune.edge().saml().steps()
                + cotune.edge().rehearsal().steps());
    JavaRDD<Row> data =
        DeviceData.byDevice(
            Prepared.devices(context.spark(), context.store().dataPath(), Splits.TRAIN), devices);
    try (Tasks tasks = Tasks.start(context, "tuning alone", steps)) {
      RoundFolders folders =
          new RoundFolders(
              context.store().roundPath(cotune.rounds(), "devices"),
              context.store().path(STANDALONE));
      StandaloneTraining.of(data, CotuneSpecs.edge(context, tasks.edge()), folders).collect();
    } finally {
      data.unpersist(false);
    }
  }
}
