package org.coplms.jobs.results;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.coplms.proxy.metric.Scores;

/** Scores of the test answers, by model, edge device and domain. */
public final class PredictionScores {
  private record Cell(String model, int device, String domain, Scores scores) {}

  private final List<Cell> cells;

  private PredictionScores(List<Cell> cells) {
    this.cells = List.copyOf(cells);
  }

  /** Sums on executors; the driver gets one row for each model, device and domain. */
  public static PredictionScores read(SparkSession spark, String predictionsPath) {
    Dataset<Row> predictions = spark.read().parquet(predictionsPath);
    return byKey(predictions.withColumn("key", functions.lit("")), "key")
        .getOrDefault("", new PredictionScores(List.of()));
  }

  /**
   * The scores of several runs in one pass.
   *
   * @param predictions of all runs
   * @param key a column of strings that tells the runs apart
   */
  public static SortedMap<String, PredictionScores> byKey(Dataset<Row> predictions, String key) {
    Dataset<Row> sums =
        predictions
            .groupBy(key, "model", "device", "domain")
            .agg(functions.avg("rougeL"), functions.avg("exactMatch"), functions.count("id"));
    SortedMap<String, List<Cell>> cells = new TreeMap<>();
    for (Row row : sums.orderBy(key, "model", "device", "domain").collectAsList()) {
      Scores scores = new Scores(100 * row.getDouble(4), 100 * row.getDouble(5), row.getLong(6));
      cells
          .computeIfAbsent(row.getString(0), k -> new ArrayList<>())
          .add(new Cell(row.getString(1), row.getInt(2), row.getString(3), scores));
    }
    SortedMap<String, PredictionScores> scores = new TreeMap<>();
    cells.forEach((run, own) -> scores.put(run, new PredictionScores(own)));
    return scores;
  }

  /** Mean over the questions of each device that a model answered. */
  public SortedMap<Integer, Scores> byDevice(String model) {
    SortedMap<Integer, Scores> scores = new TreeMap<>();
    for (Cell cell : cells) {
      if (cell.model.equals(model)) {
        scores.computeIfAbsent(
            cell.device, device -> micro(model, c -> c.device == device).orElseThrow());
      }
    }
    return scores;
  }

  /** Mean over devices of their means; empty when the model answered nothing. */
  public Optional<Scores> macro(String model) {
    Collection<Scores> devices = byDevice(model).values();
    return devices.isEmpty() ? Optional.empty() : Optional.of(Scores.macro(devices));
  }

  /** Mean over all questions in some domains; empty when the model answered none of them. */
  public Optional<Scores> inDomains(String model, Predicate<String> domains) {
    return micro(model, cell -> domains.test(cell.domain));
  }

  private Optional<Scores> micro(String model, Predicate<Cell> wanted) {
    List<Scores> chosen =
        cells.stream()
            .filter(cell -> cell.model.equals(model))
            .filter(wanted)
            .map(Cell::scores)
            .toList();
    return chosen.isEmpty() ? Optional.empty() : Optional.of(Scores.micro(chosen));
  }
}
