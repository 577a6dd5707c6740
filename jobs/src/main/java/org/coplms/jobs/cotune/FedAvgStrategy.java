package org.coplms.jobs.cotune;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.baseline.Delivery;

/**
 * The baseline FedAvg, over LoRAs known as FedIT (Zhang et al. 2024): the tuned tensors of devices
 * with the same SLM are averaged by their numbers of examples; SLMs that differ know nothing of
 * each other. What a round leaves on a device, and what is evaluated, is the mean of its group.
 */
final class FedAvgStrategy implements Strategy {
  private final Federation federation;

  FedAvgStrategy(RunContext context) {
    this.federation = new Federation(context);
  }

  @Override
  public List<Metrics.Row> round(int round, JavaRDD<Row> trainingData) {
    return federation.round(
        round, trainingData, means -> new Delivery.Parcel(means, Collections.emptySortedSet()));
  }

  @Override
  public SortedMap<String, AnsweringModel> serverModels(int round) {
    return Collections.emptySortedMap();
  }
}
