package org.coplms.jobs.cotune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.LocalSettings;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.store.Crossing;
import org.coplms.jobs.store.Direction;
import org.coplms.jobs.store.Ledger;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.baseline.LocalUpdate;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.merge.FactorMean;
import org.coplms.proxy.merge.MergeRule;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.merge.TensorMean;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.Seeds;
import org.coplms.udfs.baseline.Delivery;
import org.coplms.udfs.baseline.LocalMessage;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.server.InitialTheta;
import org.coplms.udfs.store.HadoopFiles;

/**
 * Federated rounds over the SLMs themselves: devices with the same SLM start a round from the same
 * tuned tensors, train them, upload them, and take over what the server made of them.
 *
 * <p>The domain adapters stay the no-ops that they are at first: all that is learned is merged.
 * Where a LoRA is tuned the server sends its first one, too; base weights are on the devices
 * already.
 */
final class Federation {
  private final RunContext context;
  private final CotuneSettings cotune;
  private final RunStore store;
  private final JavaSparkContext spark;
  private final LocalRounds rounds;
  private final List<Example> shared;

  Federation(RunContext context) {
    LocalSettings local = context.settings().cotune().local();
    this.context = context;
    this.cotune = context.settings().cotune();
    this.store = context.store();
    this.spark = JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    this.rounds = new LocalRounds(context, false, local.sharedShare());
    this.shared = LocalTexts.shared(context, local.shared());
  }

  /** What the server makes of the means, by group of devices. */
  interface Server {
    Delivery.Parcel learn(SortedMap<Integer, SortedMap<String, HostTensor>> means);
  }

  /** One round: sends, trains, averages, lets the server work, delivers. */
  List<Metrics.Row> round(int round, JavaRDD<Row> data, Server server) {
    String trained = store.roundPath(round, "trained");
    LocalMessage sent = new LocalMessage(shared, round == 1 ? firstLoras() : Map.of());
    List<LocalUpdate> updates =
        rounds.federated(round, data, sent, trained).stream()
            .sorted(Comparator.comparingInt(LocalUpdate::deviceId))
            .toList();
    Delivery.Parcel parcel = server.learn(means(updates));
    deliver(round, trained, updates, parcel);
    new Ledger(store).writeRound(round, crossings(sent, updates, parcel));
    List<Metrics.Row> rows = new RoundMetrics(context).ofDevices(trained);
    HadoopFiles.delete(trained, store.hadoopConfiguration());
    return rows;
  }

  private SortedMap<Integer, SortedMap<String, HostTensor>> means(List<LocalUpdate> updates) {
    SortedMap<Integer, List<ProxyUpdate>> groups = new TreeMap<>();
    for (LocalUpdate update : updates) {
      groups.computeIfAbsent(update.group(), group -> new ArrayList<>()).add(update.update());
    }
    double scaling = cotune.edge().slm().lora().scaling();
    MergeRule mean = tunesLoras() ? new FactorMean() : new TensorMean();
    SortedMap<Integer, SortedMap<String, HostTensor>> means = new TreeMap<>();
    groups.forEach(
        (group, members) ->
            means.put(group, mean.merge(members.get(0).tensors(), members, scaling)));
    return means;
  }

  private boolean tunesLoras() {
    return cotune.edge().slm().tuning() == TuningScope.LORA;
  }

  private void deliver(
      int round, String trained, List<LocalUpdate> updates, Delivery.Parcel parcel) {
    List<Integer> devices = updates.stream().map(LocalUpdate::deviceId).toList();
    RoundFolders folders = new RoundFolders(trained, rounds.devicesFolder(round));
    Broadcast<Delivery.Parcel> sent = spark.broadcast(parcel);
    String label = "round %d/%d, delivery".formatted(round, cotune.rounds());
    try (Tasks tasks = Tasks.start(context, label, 0)) {
      Delivery.of(spark, devices, rounds.spec(tasks), folders, sent).collect();
    } finally {
      sent.destroy();
    }
  }

  /** Where LoRAs are tuned, the one that all devices of a group start from. */
  private SortedMap<Integer, SortedMap<String, HostTensor>> firstLoras() {
    SortedMap<Integer, SortedMap<String, HostTensor>> loras = new TreeMap<>();
    if (!tunesLoras()) {
      return loras;
    }
    List<RunModels.Entry> slms = RunModels.slms(context);
    int groups = Math.min(slms.size(), context.settings().data().devices());
    long seed = Seeds.of(context.settings().seed(), 0, Metrics.SERVER, "slm");
    try (Tasks tasks = Tasks.start(context, "initial LoRAs", 0)) {
      for (int group = 0; group < groups; group++) {
        byte[] lora =
            InitialTheta.of(
                    spark,
                    slms.get(group).location(),
                    cotune.edge().slm().lora(),
                    seed,
                    tasks.edge())
                .first();
        loras.put(group, Safetensors.fromBytes(lora));
      }
    }
    return loras;
  }

  private List<Crossing> crossings(
      LocalMessage sent, List<LocalUpdate> updates, Delivery.Parcel parcel) {
    int round = updates.get(0).update().round();
    List<Integer> devices = updates.stream().map(LocalUpdate::deviceId).toList();
    List<Crossing> crossings = new ArrayList<>(LocalTexts.sent(round, devices, shared));
    for (LocalUpdate local : updates) {
      ProxyUpdate update = local.update();
      if (sent.tensors().containsKey(local.group())) {
        crossings.add(crossing(update, Direction.DOWN, sent.tensors().get(local.group())));
      }
      crossings.add(crossing(update, Direction.UP, update.tensors()));
      crossings.add(crossing(update, Direction.DOWN, parcel.tensors().get(local.group())));
    }
    return crossings;
  }

  private static Crossing crossing(
      ProxyUpdate update, Direction direction, SortedMap<String, HostTensor> tensors) {
    long bytes = tensors.values().stream().mapToLong(HostTensor::byteSize).sum();
    List<String> names = List.copyOf(tensors.keySet());
    return new Crossing(update.round(), update.deviceId(), direction, names, bytes);
  }
}
