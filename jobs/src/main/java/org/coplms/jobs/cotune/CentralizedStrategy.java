package org.coplms.jobs.cotune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.store.Crossing;
import org.coplms.jobs.store.Direction;
import org.coplms.jobs.store.Ledger;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.baseline.LlmSpec;
import org.coplms.udfs.baseline.LlmTraining;
import org.coplms.udfs.baseline.LocalMessage;
import org.coplms.udfs.model.ExampleRows;

/**
 * The upper bound Centralized, which is no federated method: every device's SLM learns the training
 * examples of all devices together, for as many tokens as its own would give it, and the LLM's LoRA
 * learns them with the public examples.
 *
 * <p>In the ledger stand the private examples, once, on their way up.
 */
final class CentralizedStrategy implements Strategy {
  private final RunContext context;
  private final Settings settings;
  private final RunStore store;
  private final LocalRounds rounds;

  CentralizedStrategy(RunContext context) {
    this.context = context;
    this.settings = context.settings();
    this.store = context.store();
    this.rounds = new LocalRounds(context, true, 1);
  }

  @Override
  public List<Metrics.Row> round(int round, JavaRDD<Row> trainingData) {
    List<Example> pooled = LocalTexts.collect(pooledExamples());
    rounds.alone(round, trainingData, LocalMessage.of(pooled));
    tuneLlm(round);
    new Ledger(store).writeRound(round, round == 1 ? uploads() : List.of());
    RoundMetrics metrics = new RoundMetrics(context);
    List<Metrics.Row> rows = new ArrayList<>(metrics.ofDevices(rounds.devicesFolder(round)));
    rows.addAll(metrics.ofServer(round));
    return rows;
  }

  @Override
  public SortedMap<String, AnsweringModel> serverModels(int round) {
    return new TreeMap<>(Map.of(ModelNames.LLM_AFTER, CotuneSpecs.tunedLlm(context, round)));
  }

  private void tuneLlm(int round) {
    CotuneSettings cotune = settings.cotune();
    String label = "round %d/%d, server".formatted(round, cotune.rounds());
    try (Tasks tasks = Tasks.start(context, label, cotune.server().llmSteps())) {
      LlmSpec spec =
          new LlmSpec(
              CotuneSpecs.server(context, round),
              RunModels.llm(context).location(),
              CotuneSpecs.previousServerState(context, round),
              store.roundPath(round),
              tasks.server());
      LlmTraining.of(LocalTexts.publicExamples(context).unionByName(pooledExamples()), spec)
          .collect();
    }
  }

  private Dataset<Row> privateExamples() {
    return Prepared.devices(context.spark(), store.dataPath(), Splits.TRAIN);
  }

  private Dataset<Row> pooledExamples() {
    return LocalTexts.examples(privateExamples());
  }

  private List<Crossing> uploads() {
    List<Crossing> uploads = new ArrayList<>();
    ExampleRows.byDevice(privateExamples().collectAsList().iterator())
        .forEach(
            (device, examples) ->
                uploads.add(LocalTexts.crossing(1, device, Direction.UP, examples)));
    return Collections.unmodifiableList(uploads);
  }
}
