package org.coplms.jobs.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.bench.PrepareBench;
import org.coplms.jobs.bench.PrepareTable;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.progress.Progress;
import org.coplms.udfs.store.HadoopFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast data are prepared, and how the time grows. */
@Command(
    description =
        "Rows per second of data preparation over generated records, near duplicates and domain discovery included, and how time grows with their number.",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class BenchPrepareCommand implements Callable<Integer>, WithErrorOptions {
  private static final Map<String, String> SOURCE =
      Map.of(
          "data.source.type", "files",
          "data.source.format", "jsonl",
          "data.source.domain", "discover");

  @Spec private CommandSpec command;

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "N",
      description = "Numbers of records, ascending. Default: 10000,100000,1000000.")
  private List<Long> rows = new ArrayList<>(List.of(10_000L, 100_000L, 1_000_000L));

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "For input and output, on any file system that Hadoop knows; about 1.5 GB for a million records. Default: a temporary folder.")
  private String work;

  @Option(names = "--master", paramLabel = "URL", description = "Spark master. Default: local[*].")
  private String master;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "One setting, for example -D data.source.domain=file. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(names = "--json", paramLabel = "FILE", description = "Also write everything as JSON.")
  private String json;

  @Mixin private StacktraceOption errors = new StacktraceOption();

  @Override
  public boolean stacktrace() {
    return errors.isSet();
  }

  @Override
  public Integer call() {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i) < 1_000 || (i > 0 && rows.get(i) <= rows.get(i - 1))) {
        throw new IllegalArgumentException(
            "--rows must be at least 1000 and ascending, got " + rows);
      }
    }
    String folder = work == null ? temporary() : work;
    SparkConf conf =
        SparkSessions.configure(
            new SparkConf(), settings(folder).spark(), Optional.ofNullable(master));
    Configuration files = RunCommand.hadoop(conf);
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      PrepareBench bench = new PrepareBench(spark, folder, Progress.console());
      List<PrepareBench.Result> results = new ArrayList<>();
      for (long number : rows) {
        Settings ofNumber = settings(bench.input(number));
        results.add(bench.run(number, ofNumber.data().spec(ofNumber.seed())));
      }
      int cores = spark.sparkContext().defaultParallelism();
      print(new PrepareTable(results, cores, Runtime.getRuntime().maxMemory()), files);
    } finally {
      if (work == null) {
        HadoopFiles.delete(folder, files);
      }
    }
    return 0;
  }

  private Settings settings(String input) {
    Map<String, String> all = new LinkedHashMap<>(SOURCE);
    all.put("data.source.path", input);
    all.putAll(settings);
    return ConfigLayers.ofDefaults(all).bind(Settings.class);
  }

  private static String temporary() {
    try {
      return Files.createTempDirectory("coplms-bench").toString();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make a temporary folder; name one with --work", e);
    }
  }

  private void print(PrepareTable table, Configuration files) {
    PrintWriter out = command.commandLine().getOut();
    table.lines().forEach(out::println);
    out.flush();
    if (json != null) {
      byte[] bytes = (table.json().toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
      HadoopFiles.write(json, bytes, files);
    }
  }
}
