package org.coplms.jobs.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.compare.CompareRun;
import org.coplms.jobs.compare.Folder;
import org.coplms.jobs.compare.Method;
import org.coplms.jobs.comparison.Cell;
import org.coplms.jobs.comparison.Comparison;
import org.coplms.jobs.comparison.ComparisonInfo;
import org.coplms.jobs.config.CompareSettings;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.progress.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a comparison of methods, or what is missing of it, and writes its results. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class CompareCommand implements Callable<Integer>, WithRunOptions {
  private static final String PROFILE = "compare.conf";

  @Mixin private RunOptions options = new RunOptions("runs/compare");

  @Option(
      names = "--results",
      paramLabel = "DIR",
      description =
          "Also put the results into results.json and results.md of this local folder, beside those of other benchmarks.")
  private Path results;

  @Override
  public RunOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    ConfigLayers layers =
        options.conf().isPresent()
            ? ConfigLayers.ofFile(options.settings(), options.conf().get())
            : ConfigLayers.ofProfile(options.settings(), PROFILE);
    CompareSettings compare = layers.bindComparison();
    List<Method> methods = Method.of(compare, layers);
    Settings first = methods.get(0).cells().get(0);
    SparkConf conf = SparkSessions.configure(new SparkConf(), first.spark(), options.master());
    Folder folder = new Folder(options.run(), Versions.all(), RunCommand.hadoop(conf));
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      List<Cell> cells =
          new CompareRun(spark, folder, methods, compare.parallel(), Progress.console()).run();
      ComparisonFiles files = new ComparisonFiles(folder, Optional.ofNullable(results));
      String questions = first.evaluation().split().deviceSplit();
      ComparisonInfo info = ComparisonFiles.info(compare, questions, methods, options);
      files.write(Comparison.read(spark, info, cells));
    }
    return 0;
  }
}
