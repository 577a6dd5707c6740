package org.coplms.udfs.edge;

import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.StandaloneLearner;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.model.ExampleRows;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The baseline "tuned alone": every device trains its SLM on its own examples, for the tokens that
 * its SLM processed in co-tuning.
 */
public final class StandaloneTraining {
  private StandaloneTraining() {}

  /** Trains all devices; yields the ids of those with data. */
  public static JavaRDD<Integer> of(
      JavaRDD<Row> dataByDevice, EdgeSpec spec, RoundFolders folders) {
    return dataByDevice.mapPartitions(new TrainFn(spec, folders));
  }

  /** {@code folders.previous} holds the co-tuned states, which say how many tokens are due. */
  private static final class TrainFn implements FlatMapFunction<Iterator<Row>, Integer> {
    private static final long serialVersionUID = 1L;

    private final EdgeSpec spec;
    private final RoundFolders folders;

    TrainFn(EdgeSpec spec, RoundFolders folders) {
      this.spec = spec;
      this.folders = folders;
    }

    @Override
    public Iterator<Integer> call(Iterator<Row> rows) {
      SortedMap<Integer, List<Example>> devices = ExampleRows.byDevice(rows);
      devices.forEach(this::train);
      return devices.keySet().iterator();
    }

    private void train(int deviceId, List<Example> examples) {
      Configuration files = spec.task().configuration();
      KeptState cotuned =
          KeptState.fromBytes(
              HadoopFiles.read(RoundFolders.state(folders.previous(), deviceId), files));
      KeptState alone =
          StandaloneLearner.run(
              spec.edgeTask(1, deviceId),
              ModelCache.get(spec.slm(deviceId), files),
              examples,
              cotuned.tokens(),
              spec.task().compute());
      HadoopFiles.write(RoundFolders.state(folders.current(), deviceId), alone.toBytes(), files);
    }
  }
}
