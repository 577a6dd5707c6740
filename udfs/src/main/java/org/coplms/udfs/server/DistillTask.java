package org.coplms.udfs.server;

import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.distill.DistillConfig;
import org.coplms.proxy.distill.Distillation;
import org.coplms.proxy.distill.DpmInit;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.Weights;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Texts;
import org.coplms.udfs.logits.LogitCache;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.model.ModelFolder;

/** Makes the DPM in one task, from the LLM and its cached logits; yields the steps taken. */
public final class DistillTask {
  private DistillTask() {}

  /** The DPM, distilled on the rows of {@link LogitCache#join}. */
  public static JavaRDD<Integer> of(Dataset<Row> textsWithLogits, DistillSpec spec) {
    return textsWithLogits.toJavaRDD().mapPartitions(new DistillFn(spec));
  }

  private static final class DistillFn implements FlatMapFunction<Iterator<Row>, Integer> {
    private static final long serialVersionUID = 1L;

    private final DistillSpec spec;

    DistillFn(DistillSpec spec) {
      this.spec = spec;
    }

    @Override
    public Iterator<Integer> call(Iterator<Row> rows) {
      Configuration files = spec.task().configuration();
      LogitCache.Cached cached = LogitCache.read(rows, spec.key());
      BaseModel llm = ModelCache.get(spec.llm(), files);
      Compute compute = spec.task().compute();
      compute.begin();
      BaseModel start = start(llm, compute);
      DistillConfig config = spec.config();
      List<TokenizedExample> texts =
          Texts.tokenize(cached.examples(), llm.tokenizer(), spec.format(), config.maxTokens());
      Distillation.Distilled distilled =
          Distillation.run(config, start, llm, texts, cached.logits(), spec.seed(), compute);
      ModelFolder.writeTokenizer(spec.folder(), llm.tokenizer(), files);
      ModelFolder.writeModel(spec.folder(), start.config(), distilled.weights(), files);
      writeCourse(distilled, files);
      return Collections.singleton(distilled.steps()).iterator();
    }

    private BaseModel start(BaseModel llm, Compute compute) {
      if (spec.config().init() == DpmInit.FRESH) {
        LmConfig fresh = LmConfig.parse(spec.freshJson()).withVocabSize(llm.config().vocabSize());
        try (NDManager manager = compute.newManager();
            LanguageModel random = LanguageModel.random(fresh, spec.seed(), manager)) {
          return BaseModel.of(fresh, random.baseWeights(), llm.tokenizer());
        }
      }
      int layers = spec.config().layersOf(llm.config().numLayers());
      Weights weights = DpmInit.truncate(llm.config(), llm.weights(), layers);
      return BaseModel.of(llm.config().withLayers(layers), weights, llm.tokenizer());
    }

    /** Validation KL, one row for each look; the round column counts the looks. */
    private void writeCourse(Distillation.Distilled distilled, Configuration files) {
      List<Metrics.Row> rows = new java.util.ArrayList<>();
      for (int look = 0; look < distilled.validationKl().size(); look++) {
        rows.add(
            new Metrics.Row(
                look + 1,
                Metrics.SERVER,
                "distill",
                "validation-kl",
                distilled.validationKl().get(look)));
      }
      MetricsFile.write(spec.folder() + "/distillation.json", rows, files);
    }
  }
}
