package org.coplms.jobs.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.progress.Progress;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.RunStoreException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One command: settings, run folder, session, then its work. What the user can have got wrong is
 * found before Spark starts.
 */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class RunCommand implements Callable<Integer>, WithRunOptions {
  /** What a command does with the opened run. */
  @FunctionalInterface
  interface Work {
    void run(RunContext context);
  }

  private final Work work;
  private final Optional<String> profile;
  private final boolean startsRun;

  @Mixin private RunOptions options;

  /**
   * @param profile a file of {@code conf/} that stands in for a missing {@code --conf}; without it
   *     the configuration recorded in the run folder does
   * @param startsRun whether the run folder may be a new one
   */
  RunCommand(Work work, Optional<String> profile, boolean startsRun, String defaultRun) {
    this.work = work;
    this.profile = profile;
    this.startsRun = startsRun;
    this.options = new RunOptions(defaultRun);
  }

  /** For a command with further options of its own, in a run that there is. */
  RunCommand(Work work, RunOptions options) {
    this.work = work;
    this.profile = Optional.empty();
    this.startsRun = false;
    this.options = options;
  }

  @Override
  public RunOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    Settings settings = layers().bind(Settings.class);
    SparkConf conf = SparkSessions.configure(new SparkConf(), settings.spark(), options.master());
    RunStore store = RunStore.open(options.run(), Versions.identity(settings), hadoop(conf));
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      work.run(new RunContext(spark, store, settings, Progress.console()));
    }
    return 0;
  }

  private ConfigLayers layers() {
    Optional<ObjectNode> recorded =
        RunStore.recordedConfiguration(options.run(), Versions.INCIDENTAL, hadoop(new SparkConf()));
    if (!startsRun && recorded.isEmpty()) {
      throw new RunStoreException(
          "there is no run in %s; run `coplms prepare --run %s` first"
              .formatted(options.run(), options.run()));
    }
    if (options.conf().isPresent()) {
      return ConfigLayers.ofFile(options.settings(), options.conf().get());
    }
    if (profile.isPresent()) {
      return ConfigLayers.ofProfile(options.settings(), profile.get());
    }
    return recorded
        .map(made -> ConfigLayers.ofRecorded(options.settings(), made, options.run()))
        .orElseGet(() -> ConfigLayers.ofDefaults(options.settings()));
  }

  /** With spark-submit's {@code spark.hadoop.*}, as the session will see it. */
  static Configuration hadoop(SparkConf conf) {
    return SparkHadoopUtil.get().newConfiguration(conf);
  }
}
