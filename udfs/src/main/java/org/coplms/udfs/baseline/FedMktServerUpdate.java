package org.coplms.udfs.baseline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.coplms.proxy.baseline.FedMktServer;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.TaskSpec;
import org.coplms.udfs.server.ServerSpec;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The server's part of a round of FedMKT in one task: reads what the devices uploaded, writes the
 * LLM's state, the metrics and what is sent to the devices into the round's folder.
 */
public final class FedMktServerUpdate {
  private FedMktServerUpdate() {}

  /** Yields the number of bytes that are sent to each device. */
  public static JavaRDD<Long> of(
      JavaSparkContext spark,
      List<Integer> devices,
      FedMktSpec spec,
      ServerTask server,
      TaskSpec task,
      Broadcast<LocalMessage> publicTexts) {
    return spark
        .parallelize(List.of(devices.stream().mapToInt(Integer::intValue).toArray()), 1)
        .map(new UpdateFn(spec, server, task, publicTexts));
  }

  private static final class UpdateFn implements Function<int[], Long> {
    private static final long serialVersionUID = 1L;

    private final FedMktSpec spec;
    private final ServerTask server;
    private final TaskSpec task;
    private final Broadcast<LocalMessage> publicTexts;

    UpdateFn(
        FedMktSpec spec, ServerTask server, TaskSpec task, Broadcast<LocalMessage> publicTexts) {
      this.spec = spec;
      this.server = server;
      this.task = task;
      this.publicTexts = publicTexts;
    }

    @Override
    public Long call(int[] devices) {
      Configuration files = task.configuration();
      Map<String, LmTokenizer> tokenizers = new HashMap<>();
      try {
        FedMktServer.Inputs inputs =
            new FedMktServer.Inputs(
                ModelCache.get(spec.llm(), files),
                publicTexts.value().texts(),
                uploads(devices, tokenizers, files),
                spec.folders()
                    .previousServer()
                    .map(path -> KeptState.fromBytes(HadoopFiles.read(path, files))));
        return write(FedMktServer.run(server, spec.config(), inputs, task.compute()), files);
      } finally {
        tokenizers.values().forEach(LmTokenizer::close);
      }
    }

    /** Of the SLMs the server has the tokenizers. */
    private SortedMap<Integer, FedMktServer.Upload> uploads(
        int[] devices, Map<String, LmTokenizer> tokenizers, Configuration files) {
      SortedMap<Integer, FedMktServer.Upload> uploads = new TreeMap<>();
      for (int device : devices) {
        LmTokenizer tokenizer =
            tokenizers.computeIfAbsent(
                spec.edges().slm(device).path(), path -> ModelFolder.tokenizer(path, files));
        uploads.put(
            device,
            new FedMktServer.Upload(
                FedMktDevices.knowledge(spec.folders().uploaded(device), files),
                tokenizer,
                spec.edges().edge().maxTokens()));
      }
      return uploads;
    }

    private long write(FedMktServer.Result result, Configuration files) {
      String folder = spec.folders().current() + "/";
      byte[] sent = result.knowledge().toBytes();
      HadoopFiles.write(spec.folders().sent(), sent, files);
      HadoopFiles.write(folder + ServerSpec.STATE, result.state().toBytes(), files);
      MetricsFile.write(folder + ServerSpec.METRICS, result.metrics(), files);
      return sent.length;
    }
  }
}
