package org.coplms.jobs.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that every command takes. */
final class RunOptions {
  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description =
          "Configuration in HOCON; wins over conf/reference.conf. Default: the one that the run folder was made with.")
  private Path conf;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Run folder, on any file system that Hadoop knows. Default: ${DEFAULT-VALUE}.")
  private String run;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master. Default: spark-submit's, otherwise local[*].")
  private String master;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "One setting, for example -D cotune.rounds=3; wins over --conf. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Mixin private StacktraceOption errors = new StacktraceOption();

  RunOptions(String defaultRun) {
    this.run = defaultRun;
  }

  Optional<Path> conf() {
    return Optional.ofNullable(conf);
  }

  String run() {
    return run;
  }

  Optional<String> master() {
    return Optional.ofNullable(master);
  }

  Map<String, String> settings() {
    return settings;
  }

  boolean stacktrace() {
    return errors.isSet();
  }
}
