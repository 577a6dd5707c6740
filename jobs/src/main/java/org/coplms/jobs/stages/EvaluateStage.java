package org.coplms.jobs.stages;

import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.cotune.CotuneSpecs;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.results.ModelNames;
import org.coplms.jobs.store.RunStore;
import org.coplms.udfs.answer.AnswerSpec;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.answer.Answers;
import org.coplms.udfs.edge.DeviceData;
import org.coplms.udfs.edge.EdgeSpec;
import org.coplms.udfs.model.TaskSpec;
import org.coplms.udfs.server.ServerSpec;

/** Answers the test questions with every model of the run, before and after tuning. */
public final class EvaluateStage implements Stage {
  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public List<String> after() {
    return List.of("prepare", "pretrain", "distill", "cotune");
  }

  @Override
  public void run(RunContext context) {
    new Evaluation(context).run();
  }

  private static final class Evaluation {
    private static final int SERVER_PARTITIONS = 4;

    private final RunContext context;
    private final Settings settings;
    private final CotuneSettings cotune;
    private final RunStore store;

    Evaluation(RunContext context) {
      this.context = context;
      this.settings = context.settings();
      this.cotune = settings.cotune();
      this.store = context.store();
    }

    void run() {
      JavaRDD<Row> questions =
          DeviceData.byDevice(
              Prepared.devices(context.spark(), store.dataPath(), Splits.TEST),
              settings.data().devices());
      devices(ModelNames.SLM_BEFORE, questions, task -> new AnsweringModel.UntunedSlm(edge(task)));
      if (cotune.standalone()) {
        String alone = store.path(CotuneStage.STANDALONE);
        devices(
            ModelNames.SLM_ALONE,
            questions,
            task -> new AnsweringModel.TunedSlm(edge(task), alone));
      }
      String cotuned = store.roundPath(cotune.rounds(), "devices");
      devices(
          ModelNames.SLM_COTUNED,
          questions,
          task -> new AnsweringModel.TunedSlm(edge(task), cotuned));
      questions.unpersist(false);
      server(ModelNames.LLM_BEFORE, new AnsweringModel.Untuned(RunModels.llm(context).location()));
      server(
          ModelNames.LLM_AFTER,
          new AnsweringModel.WithLora(
              RunModels.llm(context).location(),
              cotune.server().llmLora(),
              store.roundPath(cotune.rounds(), ServerSpec.STATE),
              "llm"));
      server(
          ModelNames.DPM,
          new AnsweringModel.WithLora(
              RunModels.dpm(context).location(),
              cotune.theta(),
              store.roundPath(cotune.rounds(), ServerSpec.PROXY),
              ""));
    }

    private EdgeSpec edge(TaskSpec task) {
      return CotuneSpecs.edge(context, task);
    }

    private void devices(
        String name, JavaRDD<Row> questions, Function<TaskSpec, AnsweringModel> model) {
      try (Tasks tasks = Tasks.start(context, "answers of " + name, 0)) {
        write(name, Answers.ofDevices(questions, spec(name, model.apply(tasks.edge()), tasks)));
      }
    }

    /** Partitions by id, so that a batch holds the same questions whatever the cluster. */
    private void server(String name, AnsweringModel model) {
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
          settings.text(),
          settings.evaluation().decoding(),
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
}
