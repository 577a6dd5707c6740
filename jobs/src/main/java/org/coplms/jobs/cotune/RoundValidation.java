package org.coplms.jobs.cotune;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.EvaluationSettings;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.udfs.answer.AnswerSpec;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.answer.Answers;
import org.coplms.udfs.edge.DeviceData;

/** Scores of each SLM on some validation questions of its own device, after a round. */
final class RoundValidation {
  private final RunContext context;

  RoundValidation(RunContext context) {
    this.context = context;
  }

  List<Metrics.Row> run(int round, String states) {
    Settings settings = context.settings();
    EvaluationSettings evaluation = settings.evaluation();
    if (evaluation.roundExamples() == 0) {
      return List.of();
    }
    String label = "round %d/%d, validation".formatted(round, settings.cotune().rounds());
    try (Tasks tasks = Tasks.start(context, label, 0)) {
      AnswerSpec spec =
          new AnswerSpec(
              "validation",
              new AnsweringModel.TunedSlm(CotuneSpecs.edge(context, tasks.edge()), states),
              settings.text().promptFormat(),
              evaluation.decoding().decoding(),
              evaluation.batchSize(),
              settings.seed(),
              tasks.edge());
      return scores(round, Answers.ofDevices(questions(), spec));
    }
  }

  private List<Metrics.Row> scores(int round, JavaRDD<Row> answers) {
    List<Metrics.Row> rows = new ArrayList<>();
    for (Row row :
        context
            .spark()
            .createDataFrame(answers, Answers.SCHEMA)
            .groupBy("device")
            .agg(functions.avg("rougeL").multiply(100), functions.avg("exactMatch").multiply(100))
            .orderBy("device")
            .collectAsList()) {
      rows.add(new Metrics.Row(round, row.getInt(0), "evaluate", "rouge-l", row.getDouble(1)));
      rows.add(new Metrics.Row(round, row.getInt(0), "evaluate", "exact-match", row.getDouble(2)));
    }
    return rows;
  }

  /** The same few questions in every round. */
  private JavaRDD<Row> questions() {
    Dataset<Row> all =
        Prepared.devices(context.spark(), context.store().dataPath(), Splits.VALIDATION);
    Dataset<Row> some =
        all.withColumn(
                "rank",
                functions
                    .row_number()
                    .over(
                        Window.partitionBy("device")
                            .orderBy(functions.xxhash64(functions.col("id")))))
            .where(functions.col("rank").leq(context.settings().evaluation().roundExamples()));
    return DeviceData.byDevice(some, context.settings().data().devices());
  }
}
