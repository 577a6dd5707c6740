package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.cli.Console;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.progress.Progress;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.StageMarker;

/** Runs on the tiny configuration of the test resources. */
final class TinyRun {
  static final Path CONFIGURATION = Path.of("src", "test", "resources", "tiny", "tiny.conf");

  private static final String CACHE = "models.cache";
  private static final Path SHARED = temporary();
  private static Path whole;

  private TinyRun() {}

  /**
   * The folder of a finished run on {@code local[2]}, made once in this JVM; whoever changes
   * something copies it first.
   */
  static synchronized Path whole() {
    if (whole == null) {
      Path run = SHARED.resolve("run");
      assertThat(command("quickstart", run, "local[2]"))
          .isEqualTo(new Console.Outcome(0, List.of()));
      whole = run;
    }
    return whole;
  }

  /** Runs one command with the tiny configuration and trained models that all tests share. */
  static Console.Outcome command(String name, Path run, String master, String... options) {
    List<String> args = new ArrayList<>(List.of(name, "--run", run.toString()));
    args.addAll(List.of("--conf", CONFIGURATION.toString(), "--master", master));
    args.addAll(List.of("-D", CACHE + "=" + SHARED.resolve("cache")));
    args.addAll(List.of(options));
    return Console.run(Stages.pipeline(), args);
  }

  /** Runs one command with the configuration that stands in the run folder. */
  static Console.Outcome recorded(String name, String run, String master, String... options) {
    List<String> args = new ArrayList<>(List.of(name, "--run", run, "--master", master));
    args.addAll(List.of(options));
    return Console.run(Stages.pipeline(), args);
  }

  /** The tiny configuration with some settings of its own; the trained models are shared. */
  static Settings settings(Map<String, String> flags) {
    Map<String, String> all = new TreeMap<>(flags);
    all.putIfAbsent(CACHE, SHARED.resolve("cache").toString());
    return ConfigLayers.ofFile(all, CONFIGURATION).bind(Settings.class);
  }

  /** A new run with the data of the finished one, where some stages count as done. */
  static RunStore started(Path folder, Settings settings, List<String> done) {
    RunStore store = Console.open(folder.toString(), settings, new Configuration());
    Folders.copy(whole().resolve("data"), folder.resolve("data"));
    if (done.contains("pretrain")) {
      Folders.copy(whole().resolve("models"), folder.resolve("models"));
    }
    done.forEach(stage -> store.markStageDone(new StageMarker(stage, store.fingerprint(), 0)));
    return store;
  }

  /** Runs stages in a session of their own. */
  static void run(
      RunStore store, Settings settings, String master, int shufflePartitions, String... stages) {
    try (SparkSession spark = session(master, shufflePartitions)) {
      RunContext context = new RunContext(spark, store, settings, Progress.silent());
      for (String stage : stages) {
        Stages.pipeline().run(stage, context);
      }
    }
  }

  static SparkSession session(String master, int shufflePartitions) {
    return SparkSession.builder()
        .master(master)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", Integer.toString(shufflePartitions))
        .getOrCreate();
  }

  /** Hashes of every round's proxy, server state and device states. */
  static SortedMap<String, String> bits(Path run) {
    SortedMap<String, String> bits =
        Folders.hashes(run.resolve("rounds"), name -> name.endsWith(".safetensors"));
    assertThat(bits)
        .containsKeys("0001/proxy.safetensors", "0002/proxy.safetensors")
        .containsKeys("0002/server.safetensors", "0002/devices/1.safetensors")
        .hasSize(8);
    return bits;
  }

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("coplms-tiny-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
