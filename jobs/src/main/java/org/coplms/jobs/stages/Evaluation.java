package org.coplms.jobs.stages;

import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.EvaluationSettings.Split;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.cotune.CotuneSpecs;
import org.coplms.jobs.cotune.Strategy;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.store.RunStore;
import org.coplms.udfs.answer.AnswerSpec;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.answer.Answers;
import org.coplms.udfs.edge.DeviceData;
import org.coplms.udfs.edge.EdgeSpec;
import org.coplms.udfs.model.TaskSpec;

/** Answers of a run's models to the test questions, as predictions in its folder. */
public final class Evaluation {
  private static final int SERVER_PARTITIONS = 4;

  private final RunContext context;
  private final Settings settings;
  private final RunStore store;

  public Evaluation(RunContext context) {
    this.context = context;
    this.settings = context.settings();
    this.store = context.store();
  }

  /** Predictions of the models as they were before any tuning. */
  public void untuned() {
    devices(ModelNames.SLM_BEFORE, task -> new AnsweringModel.UntunedSlm(edge(task)));
    server(ModelNames.LLM_BEFORE, new AnsweringModel.Untuned(RunModels.llm(context).location()));
    server(ModelNames.DPM_BEFORE, new AnsweringModel.Untuned(RunModels.dpm(context).location()));
  }

  /** Predictions of the models as the last round left them. */
  public void tuned() {
    int rounds = settings.cotune().rounds();
    if (settings.cotune().standalone()) {
      tunedSlms(ModelNames.SLM_ALONE, store.path(CotuneStage.STANDALONE));
    }
    tunedSlms(ModelNames.SLM_AFTER, store.roundPath(rounds, "devices"));
    Strategy.of(context).serverModels(rounds).forEach(this::server);
  }

  private void tunedSlms(String name, String states) {
    devices(name, task -> new AnsweringModel.TunedSlm(edge(task), states));
  }

  private EdgeSpec edge(TaskSpec task) {
    return CotuneSpecs.edge(context, task);
  }

  private void devices(String name, Function<TaskSpec, AnsweringModel> model) {
    JavaRDD<Row> questions =
        DeviceData.byDevice(
            Prepared.devices(
                context.spark(), store.dataPath(), settings.evaluation().split().deviceSplit()),
            settings.data().devices());
    try (Tasks tasks = Tasks.start(context, "answers of " + name, 0)) {
      write(name, Answers.ofDevices(questions, spec(name, model.apply(tasks.edge()), tasks)));
    } finally {
      questions.unpersist(false);
    }
  }

  /** Partitions by id, so that a batch holds the same questions whatever the cluster. */
  private void server(String name, AnsweringModel model) {
    if (settings.evaluation().split() != Split.TEST) {
      return; // the server has test questions only
    }
    JavaRDD<Row> questions =
        Prepared.server(context.spark(), store.dataPath(), Splits.TEST)
            .repartition(SERVER_PARTITIONS, functions.col("id"))
            .toJavaRDD();
    try (Tasks tasks = Tasks.start(context, "answers of " + name, 0)) {
      write(name, Answers.ofServer(questions, spec(name, model, tasks)));
    }
  }

  private AnswerSpec spec(String name, AnsweringModel model, Tasks tasks) {
    return new AnswerSpec(
        name,
        model,
        settings.text().promptFormat(),
        settings.evaluation().decoding().decoding(),
        settings.evaluation().batchSize(),
        settings.seed(),
        tasks.edge());
  }

  private void write(String name, JavaRDD<Row> answers) {
    context
        .spark()
        .createDataFrame(answers, Answers.SCHEMA)
        .drop("model") // the folder's name says it
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(store.predictionsPath() + "/model=" + name);
  }
}
