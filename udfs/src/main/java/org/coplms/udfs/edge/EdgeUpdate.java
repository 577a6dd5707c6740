package org.coplms.udfs.edge;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.coplms.proxy.cotune.EdgeInputs;
import org.coplms.proxy.cotune.EdgeLearner;
import org.coplms.proxy.cotune.EdgeResult;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.model.ExampleRows;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The edge update: every device runs DST and SAML on its partition and yields one {@link
 * ProxyUpdate}, the only thing that leaves it. States and metrics go to the run store.
 */
public final class EdgeUpdate {
  private EdgeUpdate() {}

  /** One lazy update for each device with data; a retried task repeats itself bit for bit. */
  public static JavaRDD<ProxyUpdate> of(
      JavaRDD<Row> dataByDevice,
      EdgeSpec spec,
      int round,
      RoundFolders folders,
      Broadcast<SortedMap<String, HostTensor>> theta) {
    return dataByDevice.mapPartitions(new UpdateFn(spec, round, folders, theta));
  }

  private static final class UpdateFn implements FlatMapFunction<Iterator<Row>, ProxyUpdate> {
    private static final long serialVersionUID = 1L;

    private final EdgeSpec spec;
    private final int round;
    private final RoundFolders folders;
    private final Broadcast<SortedMap<String, HostTensor>> theta;

    UpdateFn(
        EdgeSpec spec,
        int round,
        RoundFolders folders,
        Broadcast<SortedMap<String, HostTensor>> theta) {
      this.spec = spec;
      this.round = round;
      this.folders = folders;
      this.theta = theta;
    }

    @Override
    public Iterator<ProxyUpdate> call(Iterator<Row> rows) {
      List<ProxyUpdate> updates = new ArrayList<>();
      ExampleRows.byDevice(rows)
          .forEach((deviceId, examples) -> updates.add(update(deviceId, examples)));
      return updates.iterator();
    }

    private ProxyUpdate update(int deviceId, List<Example> examples) {
      Configuration files = spec.task().configuration();
      EdgeInputs inputs =
          new EdgeInputs(
              ModelCache.get(spec.slm(deviceId), files),
              ModelCache.get(spec.dpm(), files),
              examples,
              theta.value(),
              previousState(deviceId, files));
      EdgeResult result =
          EdgeLearner.run(spec.edgeTask(round, deviceId), inputs, spec.task().compute());
      HadoopFiles.write(
          RoundFolders.state(folders.current(), deviceId), result.state().toBytes(), files);
      MetricsFile.write(RoundFolders.metrics(folders.current(), deviceId), result.metrics(), files);
      return ProxyUpdate.of(
          round, deviceId, result.examples(), result.theta(), spec.theta().spec(theta.value()));
    }

    private Optional<KeptState> previousState(int deviceId, Configuration files) {
      if (folders.previous().isEmpty()) {
        return Optional.empty();
      }
      String path = RoundFolders.state(folders.previous(), deviceId);
      return Optional.of(KeptState.fromBytes(HadoopFiles.read(path, files)));
    }
  }
}
