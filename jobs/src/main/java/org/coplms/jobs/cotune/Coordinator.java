package org.coplms.jobs.cotune;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.cotune.Metrics;

/**
 * The rounds of a run: the strategy's work, validation, commit.
 *
 * <p>A round exists once its manifest is written; a run that was cut short goes on after the last
 * committed round and ends with the same bits.
 */
public final class Coordinator {
  private final RunContext context;
  private final RunStore store;
  private final Strategy strategy;
  private final RoundMetrics metrics;

  public Coordinator(RunContext context) {
    this.context = context;
    this.store = context.store();
    this.strategy = Strategy.of(context);
    this.metrics = new RoundMetrics(context);
  }

  /** Runs all rounds that are not committed yet. */
  public void run() {
    int rounds = context.settings().cotune().rounds();
    int done = store.lastCommittedRound().orElse(0);
    if (done >= rounds) {
      return;
    }
    if (done > 0) {
      store.verifyRound(done);
      context.progress().line("going on after round " + done);
    }
    JavaRDD<Row> data = strategy.trainingData(context);
    try {
      for (int round = done + 1; round <= rounds; round++) {
        run(round, data);
      }
    } finally {
      data.unpersist(false);
    }
  }

  private void run(int round, JavaRDD<Row> data) {
    store.beginRound(round);
    List<Metrics.Row> rows = new ArrayList<>(strategy.round(round, data));
    rows.addAll(new RoundValidation(context).run(round, store.roundPath(round, "devices")));
    metrics.write(round, rows);
    store.commitRound(round);
  }
}
