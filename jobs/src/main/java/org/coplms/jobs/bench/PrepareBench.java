package org.coplms.jobs.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.prepare.Preparation;
import org.coplms.dataprep.prepare.PrepareSpec;
import org.coplms.jobs.progress.Progress;
import org.coplms.udfs.store.HadoopFiles;

/** Prepares generated records of several numbers, one after the other. */
public final class PrepareBench {
  private static final double NANOS = 1e-9;

  private final SparkSession spark;
  private final String folder;
  private final Progress progress;

  /**
   * @param folder for input and output, which are deleted when they were measured
   */
  public PrepareBench(SparkSession spark, String folder, Progress progress) {
    this.spark = spark;
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * One number of rows.
   *
   * @param seconds from files to prepared data; making the input is not counted
   * @param steps the same by step
   * @param heap bytes of this JVM's heap that are live between steps, at most
   */
  public record Result(
      long rows, RecordCounts counts, double seconds, Map<String, Double> steps, long heap) {
    double rowsPerSecond() {
      return rows / seconds;
    }
  }

  /** Where a measurement of so many rows finds its input. */
  public String input(long rows) {
    return folder + "/input-" + rows;
  }

  /** Measures; {@code spec} reads {@link #input}. */
  public Result run(long rows, PrepareSpec spec) {
    String output = folder + "/prepared-" + rows;
    progress.line("%,d rows: making the input".formatted(rows));
    GeneratedRecords.write(spark, rows, input(rows));
    HadoopFiles.delete(output, spark.sparkContext().hadoopConfiguration());
    Result result = measured(rows, spec, output);
    HadoopFiles.delete(output, spark.sparkContext().hadoopConfiguration());
    HadoopFiles.delete(input(rows), spark.sparkContext().hadoopConfiguration());
    return result;
  }

  private Result measured(long rows, PrepareSpec spec, String output) {
    Steps steps = new Steps();
    DataStatistics statistics =
        Preparation.prepare(spark, spec, output, Optional.empty(), steps::begins);
    steps.end();
    return new Result(rows, statistics.counts(), steps.total(), steps.seconds, steps.heap.most());
  }

  /** Times of steps that follow one another, and the heap that is live between them. */
  private final class Steps {
    private final LiveHeap heap = new LiveHeap();
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private String step = "";
    private long since;

    void begins(String next) {
      end();
      step = next;
      progress.line("  " + next);
    }

    void end() {
      if (!step.isEmpty()) {
        seconds.merge(step, NANOS * (System.nanoTime() - since), Double::sum);
      }
      heap.look();
      since = System.nanoTime();
    }

    double total() {
      return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }
  }
}
