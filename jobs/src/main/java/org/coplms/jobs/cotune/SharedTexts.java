package org.coplms.jobs.cotune;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.distill.DistillConfig;
import org.coplms.proxy.train.Seeds;
import org.coplms.udfs.server.GenerationSpec;
import org.coplms.udfs.server.PairGeneration;

/** The server's texts that LLM and DPM meet on: public examples and pairs that the LLM wrote. */
public final class SharedTexts {
  private SharedTexts() {}

  /** Has the LLM write its pairs, one for each prompt, and returns all texts. */
  public static Dataset<Row> create(RunContext context, RunModels.Entry llm) {
    Settings settings = context.settings();
    DistillConfig distill = settings.dpm().distill();
    if (distill.generatedPairs() > 0) {
      try (Tasks tasks = Tasks.start(context, "pairs written by the LLM", 0)) {
        GenerationSpec spec =
            new GenerationSpec(
                llm.location(),
                settings.text().promptFormat(),
                distill.generatedPairs(),
                distill.generatedTemperature(),
                distill.maxTokens(),
                Seeds.of(settings.seed(), 0, 0, "generate"),
                tasks.edge());
        write(context, PairGeneration.of(javaContext(context), spec));
      }
    }
    return read(context);
  }

  /** Public examples and, where there are any, generated pairs. */
  public static Dataset<Row> read(RunContext context) {
    Dataset<Row> shared =
        Prepared.server(context.spark(), context.store().dataPath(), Splits.PUBLIC)
            .select("id", "domain", "prompt", "responses");
    if (context.settings().dpm().distill().generatedPairs() == 0) {
      return shared;
    }
    return shared.unionByName(context.spark().read().parquet(path(context)));
  }

  /** A round's choice: the first ones in an order that the run's seed shuffles. */
  static Dataset<Row> ofRound(RunContext context, Dataset<Row> texts, int round) {
    long seed = Seeds.of(context.settings().seed(), round, Metrics.SERVER, "public");
    return texts
        .orderBy(functions.xxhash64(functions.col("id"), functions.lit(seed)), functions.col("id"))
        .limit(context.settings().cotune().server().publicExamples());
  }

  /** Of several pairs with one prompt the first stays. */
  private static void write(RunContext context, JavaRDD<Row> pairs) {
    context
        .spark()
        .createDataFrame(pairs, PairGeneration.SCHEMA)
        .groupBy("prompt")
        .agg(functions.min(functions.struct("id", "domain", "responses")).as("first"))
        .select("first.id", "first.domain", "prompt", "first.responses")
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(path(context));
  }

  private static String path(RunContext context) {
    return context.store().dataPath() + "/generated";
  }

  private static JavaSparkContext javaContext(RunContext context) {
    return JavaSparkContext.fromSparkContext(context.spark().sparkContext());
  }
}
