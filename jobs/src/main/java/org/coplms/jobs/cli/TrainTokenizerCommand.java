package org.coplms.jobs.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.words.FrequentWords;
import org.coplms.dataprep.words.TextFiles;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.progress.Progress;
import org.coplms.jobs.tokenizer.TokenizerJob;
import org.coplms.jobs.tokenizer.TrainedTokenizer;
import org.coplms.proxy.tokenizer.BpeTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Learns a tokenizer from texts. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class TrainTokenizerCommand implements Callable<Integer>, WithErrorOptions {
  @Spec private CommandSpec command;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description =
          "A file, folder or glob of texts, on any file system that Hadoop knows; text files may be compressed.")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "A new or empty folder for tokenizer.json and tokenizer_config.json, on any file system that Hadoop knows.")
  private String output;

  @Option(
      names = "--vocab-size",
      paramLabel = "N",
      description =
          "Ids, 256 bytes and 3 special tokens included: 259 or more. Default: ${DEFAULT-VALUE}.")
  private int vocabSize = 32_000;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Of the input: text (each line is a text), jsonl or parquet. Default: by the files' names, text where they say none.")
  private TextFiles.Format format;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description =
          "Of jsonl and parquet: a column of strings or of lists of strings, or a field within one (messages.content). Repeatable. Default: prompt, response and responses.")
  private List<String> columns = new ArrayList<>();

  @Option(
      names = "--min-count",
      paramLabel = "N",
      description = "Words that occur less often are left out. Default: ${DEFAULT-VALUE}.")
  private long minCount = 2;

  @Option(
      names = "--max-words",
      paramLabel = "N",
      description =
          "Merges are learned from so many words at most, the most frequent; the driver holds them, some 1 GB for a million. Default: ${DEFAULT-VALUE}.")
  private int maxWords = 1_000_000;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master. Default: spark-submit's, otherwise local[*].")
  private String master;

  @Option(
      names = "--stacktrace",
      description = "Print the stack trace of an error before its line.")
  private boolean stacktrace;

  @Override
  public boolean stacktrace() {
    return stacktrace;
  }

  @Override
  public Optional<String> errorFolder() {
    return Optional.empty();
  }

  @Override
  public Integer call() {
    SparkConf conf = new SparkConf();
    Configuration files = RunCommand.hadoop(conf);
    TokenizerJob job =
        new TokenizerJob(
            TextFiles.find(input, Optional.ofNullable(format), columns, files),
            output,
            new BpeTrainer.Spec(vocabSize),
            new FrequentWords.Limits(minCount, maxWords));
    job.check(files);
    Settings defaults = ConfigLayers.ofDefaults(Map.of()).bind(Settings.class);
    conf.setIfMissing("spark.sql.shuffle.partitions", String.valueOf(job.shufflePartitions()));
    SparkSessions.configure(conf, defaults.spark(), Optional.ofNullable(master));
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      print(job.run(spark, Progress.console()));
    }
    return 0;
  }

  private void print(TrainedTokenizer trained) {
    PrintWriter out = command.commandLine().getOut();
    out.printf(Locale.ROOT, "%,d tokens: %s%n", trained.vocabSize(), output);
    if (trained.vocabSize() < vocabSize) {
      out.printf(
          Locale.ROOT,
          "fewer than the %,d asked for: no further pair of tokens occurs twice within the kept words; give more text, or lower --min-count%n",
          vocabSize);
    }
    out.printf(
        Locale.ROOT,
        "learned from %,d of %,d words: %.2f %% of all %,d occurrences, %.2f %% of all %,d bytes%n",
        trained.kept().words(),
        trained.all().words(),
        100 * trained.keptOccurrences(),
        trained.all().occurrences(),
        100 * trained.keptBytes(),
        trained.all().bytes());
    if (trained.replaced() > 0) {
      out.printf(
          Locale.ROOT,
          "warning: %,d characters are U+FFFD, which stands for bytes that are not UTF-8; convert the files to UTF-8%n",
          trained.replaced());
    }
    out.printf(
        Locale.ROOT,
        "%.1f s counting words, %.1f s learning merges%n",
        trained.counting().toMillis() / 1e3,
        trained.learning().toMillis() / 1e3);
    out.flush();
  }
}
