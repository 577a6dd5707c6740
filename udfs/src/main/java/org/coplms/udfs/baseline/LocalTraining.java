package org.coplms.udfs.baseline;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.coplms.proxy.baseline.LocalInputs;
import org.coplms.proxy.baseline.LocalLearner;
import org.coplms.proxy.baseline.LocalResult;
import org.coplms.proxy.baseline.LocalUpdate;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.model.ExampleRows;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.store.HadoopFiles;

/**
 * Devices that learn without a proxy: every one trains its SLM on its partition and the shared
 * texts. States and metrics go to the run store.
 */
public final class LocalTraining {
  private LocalTraining() {}

  /** One lazy update for each device with data; a retried task repeats itself bit for bit. */
  public static JavaRDD<LocalUpdate> of(
      JavaRDD<Row> dataByDevice,
      LocalSpec spec,
      LocalRange rounds,
      Broadcast<LocalMessage> message) {
    return dataByDevice.mapPartitions(new TrainFn(spec, rounds, message));
  }

  /** The same where nothing is uploaded: only the ids of the devices with data are yielded. */
  public static JavaRDD<Integer> alone(
      JavaRDD<Row> dataByDevice,
      LocalSpec spec,
      LocalRange rounds,
      Broadcast<LocalMessage> message) {
    return of(dataByDevice, spec, rounds, message).map(new DeviceFn());
  }

  private static final class TrainFn implements FlatMapFunction<Iterator<Row>, LocalUpdate> {
    private static final long serialVersionUID = 1L;

    private final LocalSpec spec;
    private final LocalRange rounds;
    private final Broadcast<LocalMessage> message;

    TrainFn(LocalSpec spec, LocalRange rounds, Broadcast<LocalMessage> message) {
      this.spec = spec;
      this.rounds = rounds;
      this.message = message;
    }

    @Override
    public Iterator<LocalUpdate> call(Iterator<Row> rows) {
      List<LocalUpdate> updates = new ArrayList<>();
      ExampleRows.byDevice(rows)
          .forEach((deviceId, examples) -> updates.add(train(deviceId, examples)));
      return updates.iterator();
    }

    private LocalUpdate train(int deviceId, List<Example> examples) {
      Configuration files = spec.edge().task().configuration();
      LocalInputs inputs = firstInputs(deviceId, examples, files);
      List<Metrics.Row> metrics = new ArrayList<>();
      LocalResult result = null;
      for (int round = rounds.first(); round <= rounds.last(); round++) {
        if (result != null) {
          inputs = inputs.after(result.state());
        }
        result = LocalLearner.run(spec.task(round, deviceId), inputs, spec.edge().task().compute());
        metrics.addAll(result.metrics());
      }
      String folder = rounds.folders().current();
      HadoopFiles.write(RoundFolders.state(folder, deviceId), result.state().toBytes(), files);
      MetricsFile.write(RoundFolders.metrics(folder, deviceId), metrics, files);
      return new LocalUpdate(spec.group(deviceId), update(deviceId, result));
    }

    /** The whitelist lets the tuned tensors pass and never a domain adapter. */
    private ProxyUpdate update(int deviceId, LocalResult result) {
      return ProxyUpdate.of(
          rounds.last(),
          deviceId,
          result.examples(),
          result.tuned(),
          spec.tuned().spec(result.tuned()));
    }

    private LocalInputs firstInputs(int deviceId, List<Example> examples, Configuration files) {
      return new LocalInputs(
          ModelCache.get(spec.edge().slm(deviceId), files),
          examples,
          message.value().texts(),
          message.value().tensors(spec.group(deviceId)),
          previousState(deviceId, files));
    }

    private Optional<KeptState> previousState(int deviceId, Configuration files) {
      String folder = rounds.folders().previous();
      return folder.isEmpty()
          ? Optional.empty()
          : Optional.of(
              KeptState.fromBytes(HadoopFiles.read(RoundFolders.state(folder, deviceId), files)));
    }
  }

  private static final class DeviceFn implements Function<LocalUpdate, Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer call(LocalUpdate update) {
      return update.deviceId();
    }
  }
}
