package org.coplms.jobs.results;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.report.SampleQuestion;

/** A few test questions with the answers of all models, chosen by a hash of their ids. */
final class SampleQuestions {
  private static final int PER_DEVICE = 3;
  private static final List<String> ORDER =
      List.of(
          ModelNames.SLM_BEFORE,
          ModelNames.SLM_ALONE,
          ModelNames.SLM_AFTER,
          ModelNames.LLM_BEFORE,
          ModelNames.LLM_AFTER,
          ModelNames.DPM);

  private SampleQuestions() {}

  /** The same questions whatever the models answered. */
  static List<SampleQuestion> choose(RunContext context) {
    Dataset<Row> predictions = context.spark().read().parquet(context.store().predictionsPath());
    Dataset<Row> chosen =
        predictions
            .select("device", "id")
            .distinct()
            .withColumn(
                "rank",
                functions
                    .row_number()
                    .over(
                        Window.partitionBy("device")
                            .orderBy(functions.xxhash64(functions.col("id")), functions.col("id"))))
            .where(functions.col("rank").leq(PER_DEVICE))
            .drop("rank");
    Map<String, List<Row>> byQuestion = new TreeMap<>();
    for (Row row :
        predictions.join(chosen, new String[] {"device", "id"}, "inner").collectAsList()) {
      String key = "%08d %s".formatted(row.<Integer>getAs("device") + 1, row.<String>getAs("id"));
      byQuestion.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
    }
    return byQuestion.values().stream().map(SampleQuestions::question).toList();
  }

  private static SampleQuestion question(List<Row> answers) {
    answers.sort(Comparator.comparingInt(row -> ORDER.indexOf(row.<String>getAs("model"))));
    Row first = answers.get(0);
    return new SampleQuestion(
        first.getAs("device"),
        first.getAs("domain"),
        first.getAs("question"),
        first.getList(first.fieldIndex("references")),
        answers.stream().map(SampleQuestions::answer).toList());
  }

  private static SampleQuestion.Answer answer(Row row) {
    return new SampleQuestion.Answer(
        row.getAs("model"),
        row.getAs("prediction"),
        100 * row.<Double>getAs("rougeL"),
        100 * row.<Double>getAs("exactMatch"));
  }
}
