package org.coplms.udfs.baseline;

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
import org.coplms.proxy.baseline.FedMktEdge;
import org.coplms.proxy.baseline.FedMktKnowledge;
import org.coplms.proxy.cotune.EdgeTask;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.model.ExampleRows;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The devices' two phases of a round of FedMKT, before and after the server's part.
 *
 * <p>All results are files of the round; the ids of the devices with data are yielded. A phase
 * reads what the phase before left and writes elsewhere, so a retried task repeats itself bit for
 * bit.
 */
public final class FedMktDevices {
  private FedMktDevices() {}

  /** Learns private examples, and writes what is uploaded. */
  public static JavaRDD<Integer> learnPrivate(
      JavaRDD<Row> dataByDevice, FedMktSpec spec, Broadcast<LocalMessage> publicTexts) {
    return dataByDevice.mapPartitions(new PrivateFn(spec, publicTexts));
  }

  /** Learns public texts with what the server sent, and writes the round's state. */
  public static JavaRDD<Integer> learnPublic(
      JavaRDD<Row> dataByDevice, FedMktSpec spec, Broadcast<LocalMessage> publicTexts) {
    return dataByDevice.mapPartitions(new PublicFn(spec, publicTexts));
  }

  /** What both phases do with a partition. */
  private abstract static class PhaseFn implements FlatMapFunction<Iterator<Row>, Integer> {
    private static final long serialVersionUID = 1L;

    final FedMktSpec spec;
    private final Broadcast<LocalMessage> publicTexts;

    PhaseFn(FedMktSpec spec, Broadcast<LocalMessage> publicTexts) {
      this.spec = spec;
      this.publicTexts = publicTexts;
    }

    abstract void learn(EdgeTask task, List<Example> examples, Configuration files);

    @Override
    public Iterator<Integer> call(Iterator<Row> rows) {
      Configuration files = spec.edges().task().configuration();
      SortedMap<Integer, List<Example>> devices = ExampleRows.byDevice(rows);
      devices.forEach(
          (device, examples) ->
              learn(spec.edges().edgeTask(spec.round(), device), examples, files));
      return devices.keySet().iterator();
    }

    FedMktEdge.Inputs inputs(
        EdgeTask task, List<Example> examples, Optional<String> state, Configuration files) {
      return new FedMktEdge.Inputs(
          ModelCache.get(spec.edges().slm(task.deviceId()), files),
          examples,
          publicTexts.value().texts(),
          state.map(path -> KeptState.fromBytes(HadoopFiles.read(path, files))));
    }

    Compute compute() {
      return spec.edges().task().compute();
    }
  }

  private static final class PrivateFn extends PhaseFn {
    private static final long serialVersionUID = 1L;

    PrivateFn(FedMktSpec spec, Broadcast<LocalMessage> publicTexts) {
      super(spec, publicTexts);
    }

    @Override
    void learn(EdgeTask task, List<Example> examples, Configuration files) {
      int device = task.deviceId();
      FedMktEdge.Inputs inputs =
          inputs(task, examples, spec.folders().previousState(device), files);
      FedMktEdge.PrivateResult result =
          FedMktEdge.learnPrivate(task, spec.config(), inputs, compute());
      String folder = spec.folders().betweenPhases();
      HadoopFiles.write(spec.folders().uploaded(device), result.knowledge().toBytes(), files);
      HadoopFiles.write(RoundFolders.state(folder, device), result.state().toBytes(), files);
      MetricsFile.write(RoundFolders.metrics(folder, device), result.metrics(), files);
    }
  }

  private static final class PublicFn extends PhaseFn {
    private static final long serialVersionUID = 1L;

    PublicFn(FedMktSpec spec, Broadcast<LocalMessage> publicTexts) {
      super(spec, publicTexts);
    }

    @Override
    void learn(EdgeTask task, List<Example> examples, Configuration files) {
      int device = task.deviceId();
      String before = spec.folders().betweenPhases();
      List<Metrics.Row> metrics =
          new ArrayList<>(MetricsFile.read(RoundFolders.metrics(before, device), files));
      FedMktEdge.Inputs inputs =
          inputs(task, examples, Optional.of(RoundFolders.state(before, device)), files);
      try (LmTokenizer tokenizer = ModelFolder.tokenizer(spec.llm().path(), files)) {
        FedMktEdge.Advice advice =
            new FedMktEdge.Advice(
                knowledge(spec.folders().uploaded(device), files),
                knowledge(spec.folders().sent(), files),
                tokenizer,
                spec.llmMaxTokens(),
                FedMktEdge.privateTokens(metrics));
        FedMktEdge.PublicResult result =
            FedMktEdge.learnPublic(task, spec.config(), inputs, advice, compute());
        String folder = spec.folders().devices();
        metrics.addAll(result.metrics());
        HadoopFiles.write(RoundFolders.state(folder, device), result.state().toBytes(), files);
        MetricsFile.write(RoundFolders.metrics(folder, device), metrics, files);
      }
    }
  }

  static FedMktKnowledge knowledge(String path, Configuration files) {
    try {
      return FedMktKnowledge.fromBytes(HadoopFiles.read(path, files));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
    }
  }
}
