package org.coplms.udfs.server;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.ServerInputs;
import org.coplms.proxy.cotune.ServerLearner;
import org.coplms.proxy.cotune.ServerResult;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.udfs.logits.LogitCache;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.store.HadoopFiles;

/**
 * Mutual learning between the merged DPM and the LLM in one task, on the executor that has the
 * hardware for it; writes the proxy, the server's state and metrics into the round's folder.
 */
public final class ServerUpdate {
  private ServerUpdate() {}

  /** Yields the proxy's content hash. */
  public static JavaRDD<String> of(
      Dataset<Row> publicTextsWithLogits,
      ServerSpec spec,
      Broadcast<SortedMap<String, HostTensor>> merged) {
    return publicTextsWithLogits.toJavaRDD().mapPartitions(new UpdateFn(spec, merged));
  }

  /** The same for a server that only merges: no texts are read and no model is opened. */
  public static JavaRDD<String> ofMergeAlone(
      JavaSparkContext spark, ServerSpec spec, Broadcast<SortedMap<String, HostTensor>> merged) {
    if (spec.server().server().learns()) {
      throw new IllegalArgumentException(
          "The server learns in this round; give it the public texts with their logits");
    }
    return spark.parallelize(List.<Row>of(), 1).mapPartitions(new UpdateFn(spec, merged));
  }

  private static final class UpdateFn implements FlatMapFunction<Iterator<Row>, String> {
    private static final long serialVersionUID = 1L;

    private final ServerSpec spec;
    private final Broadcast<SortedMap<String, HostTensor>> merged;

    UpdateFn(ServerSpec spec, Broadcast<SortedMap<String, HostTensor>> merged) {
      this.spec = spec;
      this.merged = merged;
    }

    @Override
    public Iterator<String> call(Iterator<Row> rows) {
      Configuration files = spec.task().configuration();
      Optional<KeptState> state =
          spec.previous().map(path -> KeptState.fromBytes(HadoopFiles.read(path, files)));
      ServerResult result =
          spec.server().server().learns()
              ? learn(rows, state, files)
              : ServerLearner.idle(merged.value(), state);
      write(ServerSpec.STATE, result.state().toBytes(), files);
      write(
          ServerSpec.PROXY,
          Safetensors.toBytes(
              result.theta(), Map.of("round", Integer.toString(spec.server().round()))),
          files);
      MetricsFile.write(spec.roundFolder() + "/" + ServerSpec.METRICS, result.metrics(), files);
      return Collections.singleton(Safetensors.sha256(result.theta())).iterator();
    }

    private ServerResult learn(Iterator<Row> rows, Optional<KeptState> state, Configuration files) {
      LogitCache.Cached cached = LogitCache.read(rows, spec.key());
      ServerInputs inputs =
          new ServerInputs(
              ModelCache.get(spec.dpm(), files),
              ModelCache.get(spec.llm(), files),
              merged.value(),
              cached.examples(),
              cached.logits(),
              state);
      return ServerLearner.run(spec.server(), inputs, spec.task().compute());
    }

    private void write(String name, byte[] bytes, Configuration files) {
      HadoopFiles.write(spec.roundFolder() + "/" + name, bytes, files);
    }
  }
}
