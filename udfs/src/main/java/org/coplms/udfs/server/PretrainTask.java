package org.coplms.udfs.server;

import java.util.Collections;
import java.util.Iterator;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.Pretraining;
import org.coplms.udfs.model.ExampleRows;
import org.coplms.udfs.model.ModelFolder;

/** Trains models from scratch, one task for each; yields the content hash of the weights. */
public final class PretrainTask {
  private PretrainTask() {}

  /** The model of {@code spec}, trained on {@code examples}. */
  public static JavaRDD<String> of(Dataset<Row> examples, PretrainSpec spec) {
    return examples.coalesce(1).toJavaRDD().mapPartitions(new TrainFn(spec));
  }

  private static final class TrainFn implements FlatMapFunction<Iterator<Row>, String> {
    private static final long serialVersionUID = 1L;

    private final PretrainSpec spec;

    TrainFn(PretrainSpec spec) {
      this.spec = spec;
    }

    @Override
    public Iterator<String> call(Iterator<Row> rows) {
      Configuration files = spec.task().configuration();
      try (LmTokenizer tokenizer = ModelFolder.tokenizer(spec.folder(), files)) {
        LmConfig config = LmConfig.parse(spec.modelJson()).withVocabSize(tokenizer.vocabSize());
        SortedMap<String, HostTensor> weights =
            Pretraining.run(
                config,
                tokenizer,
                spec.format(),
                ExampleRows.sorted(rows),
                spec.config(),
                spec.seed(),
                spec.task().compute());
        ModelFolder.writeModel(spec.folder(), config, weights, files);
        return Collections.singleton(Safetensors.sha256(weights)).iterator();
      }
    }
  }
}
