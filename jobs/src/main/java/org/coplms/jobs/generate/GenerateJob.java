package org.coplms.jobs.generate;

import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.coplms.jobs.pipeline.StepListener;
import org.coplms.jobs.progress.Progress;
import org.coplms.udfs.generate.GenerateSpec;
import org.coplms.udfs.generate.GeneratedColumn;
import org.coplms.udfs.store.HadoopFiles;

/**
 * Responses to a table of prompts, as a new table.
 *
 * @param input Parquet, or JSON lines where the name ends with .json or .jsonl (.gz too)
 * @param output a new folder, in the format that its name says
 * @param partitions of the work; 0 keeps the input's, and then also the order of its rows
 */
public record GenerateJob(
    String input, String output, String promptColumn, String responseColumn, int partitions) {
  private static final Pattern JSON = Pattern.compile("(?i).*\\.(jsonl?|ndjson)(\\.\\w+)?/?");

  /**
   * Finds what the user can mend before Spark starts.
   *
   * @throws IllegalArgumentException when the input is missing or the output exists
   */
  public void check(Configuration files) {
    if (partitions < 0) {
      throw new IllegalArgumentException("--partitions must not be negative, got " + partitions);
    }
    if (input.matches("[^*?{\\[]*") && !HadoopFiles.exists(input, files)) {
      throw new IllegalArgumentException("There is no input " + input);
    }
    if (HadoopFiles.exists(output, files)) {
      throw new IllegalArgumentException(
          "The output %s exists; remove it, or name another with --output".formatted(output));
    }
  }

  /** Writes the output; returns the number of its rows. */
  public long run(SparkSession spark, GenerateSpec spec, LongAccumulator steps, Progress progress) {
    Dataset<Row> read =
        JSON.matcher(input).matches() ? spark.read().json(input) : spark.read().parquet(input);
    Dataset<Row> rows = partitions == 0 ? read : read.repartition(partitions);
    Dataset<Row> answered = GeneratedColumn.of(rows, promptColumn, responseColumn, spec);
    long count = read.count();
    try (Progress.Task shown = progress.start("generate", count)) {
      StepListener listener = new StepListener(steps.id(), shown::stepTo);
      spark.sparkContext().addSparkListener(listener);
      try {
        write(answered);
      } finally {
        spark.sparkContext().removeSparkListener(listener);
      }
    }
    return count;
  }

  private void write(Dataset<Row> rows) {
    if (JSON.matcher(output).matches()) {
      rows.write().mode(SaveMode.ErrorIfExists).json(output);
    } else {
      rows.write().mode(SaveMode.ErrorIfExists).parquet(output);
    }
  }
}
