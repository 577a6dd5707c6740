package org.coplms.udfs.baseline;

import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.proxy.baseline.FedCoLlmLearner;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.udfs.model.ExampleRows;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.server.ServerSpec;
import org.coplms.udfs.store.HadoopFiles;

/**
 * FedCoLLM's server in one task, on the executor that has the hardware for the LLM; writes the
 * server's state and metrics into the round's folder.
 */
public final class FedCoLlmUpdate {
  private FedCoLlmUpdate() {}

  /**
   * What goes back to the devices.
   *
   * @param tensors the SLM's tuned tensors
   * @param seen hashes of the prompts that they were trained on here
   */
  public record Tuned(SortedMap<String, HostTensor> tensors, SortedSet<Long> seen)
      implements Serializable {}

  /** Yields one element. */
  public static JavaRDD<Tuned> of(
      Dataset<Row> texts, FedCoLlmSpec spec, Broadcast<SortedMap<String, HostTensor>> averaged) {
    return texts.coalesce(1).toJavaRDD().mapPartitions(new UpdateFn(spec, averaged));
  }

  private static final class UpdateFn implements FlatMapFunction<Iterator<Row>, Tuned> {
    private static final long serialVersionUID = 1L;

    private final FedCoLlmSpec spec;
    private final Broadcast<SortedMap<String, HostTensor>> averaged;

    UpdateFn(FedCoLlmSpec spec, Broadcast<SortedMap<String, HostTensor>> averaged) {
      this.spec = spec;
      this.averaged = averaged;
    }

    @Override
    public Iterator<Tuned> call(Iterator<Row> rows) {
      Configuration files = spec.task().configuration();
      Optional<KeptState> state =
          Optional.of(spec.previousState())
              .filter(path -> !path.isEmpty())
              .map(path -> KeptState.fromBytes(HadoopFiles.read(path, files)));
      FedCoLlmLearner.Inputs inputs =
          new FedCoLlmLearner.Inputs(
              ModelCache.get(spec.slm(), files),
              ModelCache.get(spec.llm(), files),
              averaged.value(),
              ExampleRows.sorted(rows),
              state);
      FedCoLlmLearner.Result result =
          FedCoLlmLearner.run(spec.server(), inputs, spec.task().compute());
      String folder = spec.roundFolder() + "/";
      HadoopFiles.write(folder + ServerSpec.STATE, result.state().toBytes(), files);
      MetricsFile.write(folder + ServerSpec.METRICS, result.metrics(), files);
      return Collections.singleton(new Tuned(result.tuned(), result.seen())).iterator();
    }
  }
}
