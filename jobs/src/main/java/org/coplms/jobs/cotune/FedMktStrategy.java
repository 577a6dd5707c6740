package org.coplms.jobs.cotune;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.LocalSettings.Shared;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.store.Crossing;
import org.coplms.jobs.store.Direction;
import org.coplms.jobs.store.Ledger;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.baseline.FedMktConfig;
import org.coplms.proxy.baseline.FedMktConfig.PublicTexts;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.Seeds;
import org.coplms.proxy.train.Texts;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.baseline.FedMktDevices;
import org.coplms.udfs.baseline.FedMktFolders;
import org.coplms.udfs.baseline.FedMktServerUpdate;
import org.coplms.udfs.baseline.FedMktSpec;
import org.coplms.udfs.baseline.LocalMessage;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The baseline FedMKT (Fan et al. 2024, arXiv 2406.02224): devices learn their private examples and
 * upload what they know of public texts; the LLM learns these from the device that knows each best,
 * and sends what it knows then; the devices learn the public texts with it.
 *
 * <p>The public texts go to the devices once, before the first round; after that only knowledge
 * crosses the line.
 */
final class FedMktStrategy implements Strategy {
  private static final List<String> KNOWLEDGE = List.of("knowledge");

  private final RunContext context;
  private final Settings settings;
  private final CotuneSettings cotune;
  private final RunStore store;
  private final JavaSparkContext spark;
  private final RunModels.Entry llm;

  FedMktStrategy(RunContext context) {
    this.context = context;
    this.settings = context.settings();
    this.cotune = settings.cotune();
    this.store = context.store();
    this.spark = JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    this.llm = RunModels.llm(context);
    boolean generated = cotune.fedmkt().publicTexts() == PublicTexts.GENERATED;
    if (generated && settings.dpm().distill().generatedPairs() == 0) {
      throw new IllegalArgumentException(
          "cotune.fedmkt.public-texts = generated, but dpm.distill.generated-pairs = 0; have pairs generated, or choose public");
    }
  }

  @Override
  public List<Metrics.Row> round(int round, JavaRDD<Row> trainingData) {
    List<Example> all = publicTexts();
    Broadcast<LocalMessage> texts = spark.broadcast(LocalMessage.of(ofRound(round, all)));
    FedMktFolders folders = folders(round);
    try {
      List<Integer> devices = learnPrivate(round, trainingData, texts);
      long sent = serve(round, devices, texts);
      learnPublic(round, trainingData, texts);
      new Ledger(store).writeRound(round, crossings(round, devices, sent, all));
    } finally {
      texts.destroy();
    }
    HadoopFiles.delete(folders.betweenPhases(), store.hadoopConfiguration());
    RoundMetrics metrics = new RoundMetrics(context);
    List<Metrics.Row> rows = new ArrayList<>(metrics.ofDevices(folders.devices()));
    rows.addAll(metrics.ofServer(round));
    return rows;
  }

  @Override
  public SortedMap<String, AnsweringModel> serverModels(int round) {
    return new TreeMap<>(Map.of(ModelNames.LLM_AFTER, CotuneSpecs.tunedLlm(context, round)));
  }

  private List<Example> publicTexts() {
    return LocalTexts.shared(
        context,
        switch (cotune.fedmkt().publicTexts()) {
          case PUBLIC -> Shared.PUBLIC;
          case GENERATED -> Shared.GENERATED;
        });
  }

  /** This round's choice: each side can make it, so the choice itself does not travel. */
  private List<Example> ofRound(int round, List<Example> all) {
    int wanted = Math.min(all.size(), cotune.fedmkt().publicExamples());
    long seed = Seeds.of(settings.seed(), round, Metrics.SERVER, "public");
    return Texts.pick(all, new Batches(all.size(), wanted, seed).next());
  }

  private List<Integer> learnPrivate(int round, JavaRDD<Row> data, Broadcast<LocalMessage> texts) {
    double share = 1 - cotune.fedmkt().publicShare();
    try (Tasks tasks = Tasks.start(context, label(round, "private texts"), steps(share))) {
      return FedMktDevices.learnPrivate(data, spec(round, tasks), texts).collect().stream()
          .sorted()
          .toList();
    }
  }

  private long serve(int round, List<Integer> devices, Broadcast<LocalMessage> texts) {
    ServerTask server = CotuneSpecs.server(context, round);
    try (Tasks tasks = Tasks.start(context, label(round, "server"), cotune.server().llmSteps())) {
      return FedMktServerUpdate.of(
              spark, devices, spec(round, tasks), server, tasks.server(), texts)
          .first();
    }
  }

  private void learnPublic(int round, JavaRDD<Row> data, Broadcast<LocalMessage> texts) {
    double share = cotune.fedmkt().publicShare();
    try (Tasks tasks = Tasks.start(context, label(round, "public texts"), steps(share))) {
      FedMktDevices.learnPublic(data, spec(round, tasks), texts).collect();
    }
  }

  private List<Crossing> crossings(int round, List<Integer> devices, long sent, List<Example> all) {
    List<Crossing> crossings = new ArrayList<>(LocalTexts.sent(round, devices, all));
    for (int device : devices) {
      long uploaded =
          HadoopFiles.length(folders(round).uploaded(device), store.hadoopConfiguration());
      crossings.add(new Crossing(round, device, Direction.UP, KNOWLEDGE, uploaded));
      crossings.add(new Crossing(round, device, Direction.DOWN, KNOWLEDGE, sent));
    }
    return crossings;
  }

  private FedMktSpec spec(int round, Tasks tasks) {
    FedMktConfig config = cotune.fedmkt();
    return new FedMktSpec(
        CotuneSpecs.edge(context, tasks.edge()),
        config,
        llm.location(),
        cotune.server().maxTokens(),
        round,
        folders(round));
  }

  private FedMktFolders folders(int round) {
    return new FedMktFolders(round == 1 ? "" : store.roundPath(round - 1), store.roundPath(round));
  }

  private String label(int round, String what) {
    return "round %d/%d, %s".formatted(round, cotune.rounds(), what);
  }

  private long steps(double share) {
    return Math.round(share * cotune.edge().steps() * settings.data().devices());
  }
}
