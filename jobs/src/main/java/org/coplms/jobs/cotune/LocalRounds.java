package org.coplms.jobs.cotune;

import java.util.List;
import java.util.function.BiFunction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.baseline.LocalUpdate;
import org.coplms.udfs.baseline.LocalMessage;
import org.coplms.udfs.baseline.LocalRange;
import org.coplms.udfs.baseline.LocalSpec;
import org.coplms.udfs.baseline.LocalTraining;
import org.coplms.udfs.edge.RoundFolders;

/** The devices' part of the strategies whose SLMs learn there without a proxy. */
public final class LocalRounds {
  private final RunContext context;
  private final CotuneSettings cotune;
  private final RunStore store;
  private final boolean adapter;
  private final double sharedShare;

  LocalRounds(RunContext context, boolean adapter, double sharedShare) {
    this.context = context;
    this.cotune = context.settings().cotune();
    this.store = context.store();
    this.adapter = adapter;
    this.sharedShare = sharedShare;
  }

  /** All rounds in one go, from private examples alone; the states go to {@code folder}. */
  public static void alone(RunContext context, JavaRDD<Row> data, String folder) {
    LocalRounds rounds = new LocalRounds(context, true, 0);
    LocalRange range = new LocalRange(1, rounds.cotune.rounds(), new RoundFolders("", folder));
    rounds.run(
        "tuning alone",
        range,
        LocalMessage.of(List.of()),
        (spec, message) -> LocalTraining.alone(data, spec, range, message));
  }

  /** One round after which nothing is uploaded; yields the devices with data. */
  List<Integer> alone(int round, JavaRDD<Row> data, LocalMessage sent) {
    LocalRange range = range(round, devicesFolder(round));
    return run(
            label(round),
            range,
            sent,
            (spec, message) -> LocalTraining.alone(data, spec, range, message))
        .stream()
        .sorted()
        .toList();
  }

  /** One round after which the tuned tensors are uploaded; the states go to {@code folder}. */
  List<LocalUpdate> federated(int round, JavaRDD<Row> data, LocalMessage sent, String folder) {
    LocalRange range = range(round, folder);
    return run(
        label(round), range, sent, (spec, message) -> LocalTraining.of(data, spec, range, message));
  }

  LocalSpec spec(Tasks tasks) {
    return new LocalSpec(CotuneSpecs.edge(context, tasks.edge()), adapter, sharedShare);
  }

  /** Folder of the states that a round leaves. */
  String devicesFolder(int round) {
    return store.roundPath(round, "devices");
  }

  private LocalRange range(int round, String folder) {
    String previous = round == 1 ? "" : devicesFolder(round - 1);
    return new LocalRange(round, round, new RoundFolders(previous, folder));
  }

  private String label(int round) {
    return "round %d/%d, devices".formatted(round, cotune.rounds());
  }

  private <T> List<T> run(
      String label,
      LocalRange range,
      LocalMessage message,
      BiFunction<LocalSpec, Broadcast<LocalMessage>, JavaRDD<T>> work) {
    Broadcast<LocalMessage> sent =
        JavaSparkContext.fromSparkContext(context.spark().sparkContext()).broadcast(message);
    try (Tasks tasks = Tasks.start(context, label, steps(range))) {
      return work.apply(spec(tasks), sent).collect();
    } finally {
      sent.destroy();
    }
  }

  private long steps(LocalRange range) {
    long round = cotune.edge().steps();
    return round * (range.last() - range.first() + 1) * context.settings().data().devices();
  }
}
