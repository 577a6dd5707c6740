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
    Dataset<Row> sums =
        spark
            .read()
            .parquet(predictionsPath)
            .groupBy("model", "device", "domain")
            .agg(functions.avg("rougeL"), functions.avg("exactMatch"), functions.count("id"));
    List<Cell> cells = new ArrayList<>();
    for (Row row : sums.orderBy("model", "device", "domain").collectAsList()) {
      Scores scores = new Scores(100 * row.getDouble(3), 100 * row.getDouble(4), row.getLong(5));
      cells.add(new Cell(row.getString(0), row.getInt(1), row.getString(2), scores));
    }
    return new PredictionScores(cells);
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
