package org.coplms.jobs.cotune;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.coplms.jobs.config.LocalSettings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.store.Ledger;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.baseline.LocalMessage;

/**
 * The baseline Standalone: each device tunes its SLM and its domain adapter by cross-entropy, alone
 * or with texts that the server gave to all devices before the first round. Nothing is uploaded.
 */
final class LocalStrategy implements Strategy {
  private final RunContext context;
  private final LocalRounds rounds;
  private final List<Example> shared;

  LocalStrategy(RunContext context) {
    LocalSettings local = context.settings().cotune().local();
    this.context = context;
    this.rounds = new LocalRounds(context, true, local.sharedShare());
    this.shared = LocalTexts.shared(context, local.shared());
  }

  @Override
  public List<Metrics.Row> round(int round, JavaRDD<Row> trainingData) {
    List<Integer> devices = rounds.alone(round, trainingData, LocalMessage.of(shared));
    new Ledger(context.store()).writeRound(round, LocalTexts.sent(round, devices, shared));
    return new RoundMetrics(context).ofDevices(rounds.devicesFolder(round));
  }

  @Override
  public SortedMap<String, AnsweringModel> serverModels(int round) {
    return Collections.emptySortedMap();
  }
}
