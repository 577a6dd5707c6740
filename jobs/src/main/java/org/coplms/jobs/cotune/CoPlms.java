package org.coplms.jobs.cotune;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
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
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.merge.Merged;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Seeds;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.edge.EdgeSpec;
import org.coplms.udfs.edge.EdgeUpdate;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.logits.CacheKey;
import org.coplms.udfs.logits.LogitCache;
import org.coplms.udfs.logits.LogitsSpec;
import org.coplms.udfs.server.InitialTheta;
import org.coplms.udfs.server.ServerSpec;
import org.coplms.udfs.server.ServerUpdate;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The method: devices tune SLM and proxy, the server merges the proxies' LoRA and lets proxy and
 * LLM learn from each other. The driver never holds private examples or device states, only θ and
 * counts.
 */
final class CoPlms implements Strategy {
  private static final int RECORDING_BATCH = 64;

  private final RunContext context;
  private final Settings settings;
  private final CotuneSettings cotune;
  private final RunStore store;
  private final JavaSparkContext spark;
  private final RunModels.Entry llm;
  private final RunModels.Entry dpm;

  CoPlms(RunContext context) {
    this.context = context;
    this.settings = context.settings();
    this.cotune = settings.cotune();
    this.store = context.store();
    this.spark = JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    this.llm = RunModels.llm(context);
    this.dpm = RunModels.dpm(context);
  }

  @Override
  public List<Metrics.Row> round(int round, JavaRDD<Row> trainingData) {
    SortedMap<String, HostTensor> theta = round == 1 ? initialTheta() : theta(round - 1);
    Merged merged = edges(round, theta, trainingData);
    server(round, merged.theta());
    RoundMetrics metrics = new RoundMetrics(context);
    List<Metrics.Row> rows = new ArrayList<>(metrics.ofDevices(devicesFolder(round)));
    rows.addAll(metrics.ofServer(round));
    double residual = merged.report().relativeResidual();
    rows.add(new Metrics.Row(round, Metrics.SERVER, "merge", "relative-residual", residual));
    return rows;
  }

  @Override
  public SortedMap<String, AnsweringModel> serverModels(int round) {
    SortedMap<String, AnsweringModel> models = new TreeMap<>();
    if (cotune.server().llmSteps() > 0) {
      models.put(ModelNames.LLM_AFTER, CotuneSpecs.tunedLlm(context, round));
    }
    String proxy = store.roundPath(round, ServerSpec.PROXY);
    models.put(
        ModelNames.DPM, new AnsweringModel.Tuned(dpm.location(), cotune.thetaConfig(), proxy, ""));
    return models;
  }

  private SortedMap<String, HostTensor> initialTheta() {
    try (Tasks tasks = Tasks.start(context, "initial proxy", 0)) {
      long seed = Seeds.of(settings.seed(), 0, Metrics.SERVER, "theta");
      return Safetensors.fromBytes(
          InitialTheta.of(spark, dpm.location(), cotune.thetaConfig(), seed, tasks.server())
              .first());
    }
  }

  private SortedMap<String, HostTensor> theta(int round) {
    return Safetensors.fromBytes(
        HadoopFiles.read(store.roundPath(round, ServerSpec.PROXY), store.hadoopConfiguration()));
  }

  /** The devices' part; records what crossed the line, both ways. */
  private Merged edges(int round, SortedMap<String, HostTensor> theta, JavaRDD<Row> data) {
    long steps = (long) settings.data().devices() * cotune.edge().steps();
    Broadcast<SortedMap<String, HostTensor>> sent = spark.broadcast(theta);
    try (Tasks tasks =
        Tasks.start(context, "round %d/%d, devices".formatted(round, cotune.rounds()), steps)) {
      RoundFolders folders =
          new RoundFolders(round == 1 ? "" : devicesFolder(round - 1), devicesFolder(round));
      JavaRDD<ProxyUpdate> updates = EdgeUpdate.of(data, edgeSpec(tasks), round, folders, sent);
      RoundMerge.Outcome outcome =
          RoundMerge.of(cotune).run(updates, theta, sent, cotune.theta().scaling());
      new Ledger(store).writeRound(round, crossings(round, theta, outcome.devices()));
      return outcome.merged();
    } finally {
      sent.destroy();
    }
  }

  private List<Crossing> crossings(
      int round, SortedMap<String, HostTensor> theta, List<Integer> devices) {
    List<String> names = List.copyOf(theta.keySet());
    long bytes = cotune.thetaConfig().spec(theta).bytes();
    List<Crossing> crossings = new ArrayList<>();
    for (int device : devices) {
      crossings.add(new Crossing(round, device, Direction.DOWN, names, bytes));
      crossings.add(new Crossing(round, device, Direction.UP, names, bytes));
    }
    return crossings;
  }

  /** The server's part: the LLM's logits over this round's public texts, then mutual learning. */
  private void server(int round, SortedMap<String, HostTensor> merged) {
    String label = "round %d/%d, server".formatted(round, cotune.rounds());
    long steps = (long) cotune.server().thetaSteps() + cotune.server().llmSteps();
    Broadcast<SortedMap<String, HostTensor>> sent = spark.broadcast(merged);
    try (Tasks tasks = Tasks.start(context, label, steps)) {
      ServerSpec spec = serverSpec(round, tasks);
      if (cotune.server().learns()) {
        Dataset<Row> texts = publicTexts(round);
        String cache = store.logitsPath() + "/round=%04d".formatted(round);
        LogitCache.write(texts, logitsSpec(spec, tasks), cache);
        ServerUpdate.of(LogitCache.join(texts, cache), spec, sent).collect();
      } else {
        ServerUpdate.ofMergeAlone(spark, spec, sent).collect();
      }
    } finally {
      sent.destroy();
    }
  }

  private ServerSpec serverSpec(int round, Tasks tasks) {
    ServerConfig server = cotune.server();
    String llmHash = round == 1 ? llm.hash() : llm.hash() + "+round-" + (round - 1);
    return new ServerSpec(
        CotuneSpecs.server(context, round),
        dpm.location(),
        llm.location(),
        new CacheKey(llmHash, llm.tokenizer(), server.temperature(), server.topK()),
        CotuneSpecs.previousServerState(context, round),
        store.roundPath(round),
        tasks.server());
  }

  private LogitsSpec logitsSpec(ServerSpec spec, Tasks tasks) {
    return new LogitsSpec(
        llm.location(),
        cotune.server().llmSteps() > 0 ? spec.previousState() : "",
        cotune.server().tunedLlm(),
        settings.text().promptFormat(),
        LossScope.TEXT,
        cotune.server().maxTokens(),
        RECORDING_BATCH,
        spec.key(),
        tasks.edge());
  }

  private Dataset<Row> publicTexts(int round) {
    return SharedTexts.ofRound(context, SharedTexts.read(context), round)
        .repartition(context.spark().sparkContext().defaultParallelism(), functions.col("id"));
  }

  private String devicesFolder(int round) {
    return store.roundPath(round, "devices");
  }

  private EdgeSpec edgeSpec(Tasks tasks) {
    return CotuneSpecs.edge(context, tasks.edge());
  }
}
