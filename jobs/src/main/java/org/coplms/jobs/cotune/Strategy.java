package org.coplms.jobs.cotune;

import java.util.List;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.edge.DeviceData;

/**
 * How edge devices and server learn: the method, or a baseline that it is compared with.
 *
 * <p>A strategy keeps nothing between rounds: each round starts from what the round before
 * committed, so a run that was cut short goes on with the same bits. Every strategy trains the SLM
 * of a device on the same number of tokens a round (see {@code TokenBudget}).
 */
public interface Strategy {

  /**
   * One round's work. The device states go to the round's folder {@code devices/}, by id, and all
   * that crossed the edge/server line into the ledger.
   *
   * @param trainingData private training examples, partition i being device i
   * @return the round's metrics
   */
  List<Metrics.Row> round(int round, JavaRDD<Row> trainingData);

  /** The models that the server holds after a round, by their names in the predictions. */
  SortedMap<String, AnsweringModel> serverModels(int round);

  /** What each device learns from, partition i being device i; persisted, the caller lets go. */
  default JavaRDD<Row> trainingData(RunContext context) {
    return DeviceData.byDevice(
        Prepared.devices(context.spark(), context.store().dataPath(), Splits.TRAIN),
        context.settings().data().devices());
  }

  /** The strategy that the settings name. */
  static Strategy of(RunContext context) {
    return switch (context.settings().cotune().strategy()) {
      case CO_PLMS -> new CoPlms(context);
      case STANDALONE -> new LocalStrategy(context);
      case CENTRALIZED -> new CentralizedStrategy(context);
      case FEDAVG -> new FedAvgStrategy(context);
      case FEDCOLLM -> new FedCoLlmStrategy(context);
      case FEDMKT -> new FedMktStrategy(context);
    };
  }
}
