package org.coplms.jobs.cotune;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.LocalSettings.Shared;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.baseline.FedCoLlmTask;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.baseline.Delivery;
import org.coplms.udfs.baseline.FedCoLlmSpec;
import org.coplms.udfs.baseline.FedCoLlmUpdate;

/**
 * The baseline FedCoLLM (Fan et al. 2024): the devices' tuned tensors are averaged, then SLM and
 * LLM learn public texts and from each other on the server, and the SLM's tensors go back. All
 * devices need one SLM.
 *
 * <p>What the SLM learns on the server comes on top of the devices' token budget; the server's
 * metric {@code slm-tokens} says how much.
 */
final class FedCoLlmStrategy implements Strategy {
  private final RunContext context;
  private final Settings settings;
  private final CotuneSettings cotune;
  private final RunStore store;
  private final Federation federation;
  private final RunModels.Entry slm;
  private final RunModels.Entry llm;

  FedCoLlmStrategy(RunContext context) {
    this.context = context;
    this.settings = context.settings();
    this.cotune = settings.cotune();
    this.store = context.store();
    requireOneSlm(settings);
    this.federation = new Federation(context);
    this.slm = RunModels.slms(context).get(0);
    this.llm = RunModels.llm(context);
  }

  private static void requireOneSlm(Settings settings) {
    List<String> slms = settings.deviceSlms();
    if (Math.min(slms.size(), settings.data().devices()) > 1) {
      throw new IllegalArgumentException(
          "cotune.strategy = fedcollm averages the SLMs of all devices, so they must be one: they run %s; name one in cotune.slms, or choose fedavg, which averages devices with the same SLM"
              .formatted(slms));
    }
  }

  @Override
  public List<Metrics.Row> round(int round, JavaRDD<Row> trainingData) {
    List<Metrics.Row> rows =
        new ArrayList<>(
            federation.round(
                round, trainingData, means -> server(round, means.get(means.firstKey()))));
    rows.addAll(new RoundMetrics(context).ofServer(round));
    return rows;
  }

  @Override
  public SortedMap<String, AnsweringModel> serverModels(int round) {
    return new TreeMap<>(Map.of(ModelNames.LLM_AFTER, CotuneSpecs.tunedLlm(context, round)));
  }

  private Delivery.Parcel server(int round, SortedMap<String, HostTensor> averaged) {
    String label = "round %d/%d, server".formatted(round, cotune.rounds());
    Broadcast<SortedMap<String, HostTensor>> sent =
        JavaSparkContext.fromSparkContext(context.spark().sparkContext()).broadcast(averaged);
    try (Tasks tasks = Tasks.start(context, label, cotune.fedcollm().steps())) {
      FedCoLlmUpdate.Tuned tuned =
          FedCoLlmUpdate.of(texts(round), spec(round, tasks), sent).first();
      return new Delivery.Parcel(Map.of(0, tuned.tensors()), tuned.seen());
    } finally {
      sent.destroy();
    }
  }

  private FedCoLlmSpec spec(int round, Tasks tasks) {
    ServerTask server = CotuneSpecs.server(context, round);
    return new FedCoLlmSpec(
        new FedCoLlmTask(server, cotune.edge(), cotune.fedcollm().config()),
        slm.location(),
        llm.location(),
        CotuneSpecs.previousServerState(context, round),
        store.roundPath(round),
        tasks.server());
  }

  private Dataset<Row> texts(int round) {
    Dataset<Row> all =
        cotune.fedcollm().shared() == Shared.PUBLIC
            ? LocalTexts.publicExamples(context)
            : SharedTexts.read(context);
    return SharedTexts.ofRound(context, all, round);
  }
}
