package org.coplms.udfs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.broadcast.Broadcast;
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.OptimizerConfig;
import org.coplms.udfs.TinyWorld;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.logits.CacheKey;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.store.HadoopFiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proxy that travels whole, and a server that only merges. */
@Tag("spark")
class WholeProxyTest {
  private static final LoraConfig LORA = new LoraConfig(2, 4, 0, List.of(LoraConfig.ALL_LINEAR));
  private static final ThetaConfig WHOLE = new ThetaConfig(TuningScope.FULL, LORA, false);
  private static final OptimizerConfig ADAMW = new OptimizerConfig(1e-2, 0.01, 1.0, 0, 1.0);

  @TempDir static Path folder;
  private static TinyWorld world;
  private static ModelLocation dpm;

  @BeforeAll
  static void start() {
    world = TinyWorld.start("local[2]");
    dpm = world.model(folder.resolve("dpm"), 262, 2, 1);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void thetaBeginsAsTheProxysOwnWeights() {
    assertThat(initial(WHOLE)).isEqualTo(weights());
    assertThat(initial(new ThetaConfig(LORA, false)).keySet())
        .allMatch(name -> name.matches(".+\\.lora_[AB]\\.weight"));
  }

  @Test
  void theProxyAnswersWithTheWeightsOfTheRound() {
    SortedMap<String, HostTensor> changed = new TreeMap<>(weights());
    changed.replaceAll((name, t) -> HostTensor.of(t.shape(), new float[t.size()]));
    String path = folder.resolve("proxy.safetensors").toString();
    HadoopFiles.write(path, Safetensors.toBytes(changed, Map.of()), world.files());
    AnsweringModel model = new AnsweringModel.Tuned(dpm, WHOLE, path, "");
    Compute.oneCore().begin();
    try (NDManager manager = Compute.oneCore().newManager();
        LanguageModel open = model.open(-1, world.files(), manager)) {
      assertThat(open.baseWeights()).isEqualTo(changed);
    }
  }

  @Test
  void aServerThatOnlyMergesPassesThetaOnAndReadsNoModel() {
    SortedMap<String, HostTensor> merged = weights();
    ServerSpec spec = spec(server(0));
    Broadcast<SortedMap<String, HostTensor>> sent = world.context().broadcast(merged);
    List<String> hashes = ServerUpdate.ofMergeAlone(world.context(), spec, sent).collect();
    assertThat(hashes).containsExactly(Safetensors.sha256(merged));
    assertThat(Safetensors.read(Path.of(spec.roundFolder(), ServerSpec.PROXY))).isEqualTo(merged);
    assertThat(Safetensors.read(Path.of(spec.roundFolder(), ServerSpec.STATE))).isEmpty();
    assertThatThrownBy(() -> ServerUpdate.ofMergeAlone(world.context(), spec(server(1)), sent))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The server learns");
  }

  /** Its models stand nowhere. */
  private static ServerSpec spec(ServerConfig server) {
    ModelLocation nowhere = new ModelLocation(folder.resolve("nowhere").toString(), "none");
    return new ServerSpec(
        new ServerTask(1, 1, 2, server, WHOLE, TextFormat.LINES),
        nowhere,
        nowhere,
        new CacheKey("llm", "tokenizer", 1, 8),
        "",
        folder.resolve("round").toString(),
        world.task());
  }

  private static ServerConfig server(int thetaSteps) {
    return new ServerConfig(
        4,
        64,
        thetaSteps,
        0,
        8,
        0.5,
        0.5,
        30,
        0.8,
        50,
        1,
        1,
        8,
        TuningScope.LORA,
        LORA,
        ADAMW,
        ADAMW);
  }

  private static SortedMap<String, HostTensor> initial(ThetaConfig theta) {
    return Safetensors.fromBytes(
        InitialTheta.of(world.context(), dpm, theta, 5, world.task()).first());
  }

  private static SortedMap<String, HostTensor> weights() {
    return ModelCache.get(dpm, world.files()).hostWeights();
  }
}
