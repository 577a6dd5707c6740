package org.coplms.jobs.tokenizer;

import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.coplms.dataprep.words.FrequentWords;
import org.coplms.dataprep.words.TextFiles;
import org.coplms.jobs.pipeline.StepListener;
import org.coplms.jobs.progress.Progress;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.store.HadoopFiles;

/**
 * A byte-level BPE tokenizer learned from texts; the same for the same texts, however they are
 * divided into files and partitions.
 *
 * @param output a folder that is empty or not there
 * @param limits of the words that come to the driver
 */
public record TokenizerJob(
    TextFiles texts, String output, BpeTrainer.Spec spec, FrequentWords.Limits limits) {
  private static final String REPLACEMENT = "\ufffd";
  private static final int MEGABYTE_BITS = 20;
  private static final long PARTITION_BYTES = 16L << MEGABYTE_BITS;
  private static final int FEWEST_PARTITIONS = 2;
  private static final int MOST_PARTITIONS = 2_000;

  /**
   * Finds what the user can mend before Spark starts.
   *
   * @throws IllegalArgumentException when the output is not empty
   */
  public void check(Configuration files) {
    List<String> names = HadoopFiles.names(output, files);
    if (!names.isEmpty()) {
      throw new IllegalArgumentException(
          "The output %s exists and is not empty (%s); name another with --output"
              .formatted(output, String.join(", ", names.subList(0, Math.min(3, names.size())))));
    }
  }

  /**
   * Writes {@code tokenizer.json} and {@code tokenizer_config.json}.
   *
   * @throws IllegalArgumentException when there is nothing to learn from
   */
  public TrainedTokenizer run(SparkSession spark, Progress progress) {
    long start = System.nanoTime();
    FrequentWords words = words(spark, progress);
    long counted = System.nanoTime();
    int vocabSize = train(words, progress, spark.sparkContext().hadoopConfiguration());
    return new TrainedTokenizer(
        vocabSize,
        words.all(),
        words.kept(),
        words.counts().getOrDefault(REPLACEMENT, 0L),
        Duration.ofNanos(counted - start),
        Duration.ofNanos(System.nanoTime() - counted));
  }

  /** As many parts for the counting as keep each small, few where there is little to count. */
  public int shufflePartitions() {
    long parts = texts.bytes() / PARTITION_BYTES + 1;
    return (int) Math.max(FEWEST_PARTITIONS, Math.min(MOST_PARTITIONS, parts));
  }

  private FrequentWords words(SparkSession spark, Progress progress) {
    LongAccumulator bytes = spark.sparkContext().longAccumulator("bytes of text");
    long all = texts.isPlain() ? megabytes(texts.bytes()) : 0;
    FrequentWords words;
    try (Progress.Task shown = progress.start("count words (MiB of text)", all)) {
      StepListener listener =
          new StepListener(bytes.id(), read -> shown.stepTo(read >> MEGABYTE_BITS));
      spark.sparkContext().addSparkListener(listener);
      try {
        words =
            FrequentWords.count(
                texts.texts(spark), limits, BpeTrainer.preTokenizerPattern(), bytes);
      } finally {
        spark.sparkContext().removeSparkListener(listener);
      }
      shown.stepTo(megabytes(bytes.value()));
    }
    refuseNothing(words);
    return words;
  }

  private static long megabytes(long bytes) {
    return Math.max(1, (bytes + (1 << MEGABYTE_BITS) - 1) >> MEGABYTE_BITS);
  }

  private void refuseNothing(FrequentWords words) {
    if (words.all().words() == 0) {
      throw new IllegalArgumentException(
          "The files at %s hold no text to learn from".formatted(texts.path()));
    }
    if (words.kept().words() == 0) {
      throw new IllegalArgumentException(
          "None of the %d words at %s occurs %d times; lower --min-count"
              .formatted(words.all().words(), texts.path(), limits.minCount()));
    }
  }

  private int train(FrequentWords words, Progress progress, Configuration files) {
    int merges = spec.vocabSize() - BpeTrainer.SMALLEST_VOCABULARY;
    String json;
    try (Progress.Task shown = progress.start("learn merges", merges)) {
      json = BpeTrainer.train(words.counts(), spec, shown::stepTo);
    }
    try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
      ModelFolder.writeTokenizer(output, tokenizer, files);
      return tokenizer.vocabSize();
    }
  }
}
