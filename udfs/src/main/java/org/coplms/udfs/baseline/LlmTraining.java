package org.coplms.udfs.baseline;

import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.proxy.baseline.LlmLearner;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.udfs.model.ExampleRows;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.server.ServerSpec;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The LLM learns texts in one task, on the executor that has the hardware for it; writes the
 * server's state and metrics into the round's folder.
 */
public final class LlmTraining {
  private LlmTraining() {}

  /** Yields the round. */
  public static JavaRDD<Integer> of(Dataset<Row> texts, LlmSpec spec) {
    return texts.coalesce(1).toJavaRDD().mapPartitions(new TrainFn(spec));
  }

  private static final class TrainFn implements FlatMapFunction<Iterator<Row>, Integer> {
    private static final long serialVersionUID = 1L;

    private final LlmSpec spec;

    TrainFn(LlmSpec spec) {
      this.spec = spec;
    }

    @Override
    public Iterator<Integer> call(Iterator<Row> rows) {
      Configuration files = spec.task().configuration();
      Optional<KeptState> state =
          Optional.of(spec.previousState())
              .filter(path -> !path.isEmpty())
              .map(path -> KeptState.fromBytes(HadoopFiles.read(path, files)));
      LlmLearner.Result result =
          LlmLearner.run(
              spec.server(),
              ModelCache.get(spec.llm(), files),
              ExampleRows.sorted(rows),
              state,
              spec.task().compute());
      String folder = spec.roundFolder() + "/";
      HadoopFiles.write(folder + ServerSpec.STATE, result.state().toBytes(), files);
      MetricsFile.write(folder + ServerSpec.METRICS, result.metrics(), files);
      return Collections.singleton(spec.server().round()).iterator();
    }
  }
}
