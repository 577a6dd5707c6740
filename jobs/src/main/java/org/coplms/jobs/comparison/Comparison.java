package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;

/**
 * A finished or partly finished comparison. Answers are scored, joined and summed by Spark; the
 * driver holds two scores for every method, seed, device and question, from which intervals are
 * redrawn.
 */
public final class Comparison {
  private final Optional<Predictions> predictions;
  private final ObjectNode entry;

  private Comparison(Optional<Predictions> predictions, ObjectNode entry) {
    this.predictions = predictions;
    this.entry = entry;
  }

  /**
   * Reads the cells that are done; a method without any is shown as such.
   *
   * @throws IllegalArgumentException if a cell is of no compared method, or given twice
   */
  public static Comparison read(SparkSession spark, ComparisonInfo info, List<Cell> cells) {
    requireKnown(info, cells);
    if (cells.isEmpty()) {
      return new Comparison(Optional.empty(), EntryTree.of(Inputs.none(info)));
    }
    Predictions predictions = Predictions.of(spark, cells);
    Inputs inputs = Inputs.read(spark, info, cells, predictions);
    return new Comparison(Optional.of(predictions), EntryTree.of(inputs));
  }

  /** The benchmark's key in {@code results.json}. */
  public String benchmark() {
    return new EntryView(entry).about("benchmark");
  }

  /**
   * Writes the answers of all cells as Parquet: {@code method, seed}, the columns of a run's
   * predictions, {@code exposed} (null where it was not measured). Nothing is written without
   * cells.
   */
  public void writePredictions(String path) {
    predictions.ifPresent(all -> all.write(path));
  }

  /** {@code metrics.json}. */
  public ObjectNode metricsJson() {
    return entry.deepCopy();
  }

  /** The lines for the terminal. */
  public List<String> table() {
    return TerminalTable.of(new EntryView(entry));
  }

  /** The report's page: self-contained, without scripts, asking for nothing over the network. */
  public String html() {
    return ComparisonPage.render(new EntryView(entry));
  }

  /** The benchmark's value in {@code results.json}: the metrics without the curves over rounds. */
  public ObjectNode resultsEntry() {
    ObjectNode results = metricsJson();
    results.forEach(
        method -> {
          if (method instanceof ObjectNode tree) {
            tree.remove("rounds");
          }
        });
    return results;
  }

  private static void requireKnown(ComparisonInfo info, List<Cell> cells) {
    List<String> known = info.methods().stream().map(MethodInfo::name).toList();
    Set<String> seen = new HashSet<>();
    for (Cell cell : cells) {
      if (!known.contains(cell.method())) {
        throw new IllegalArgumentException(
            "The cell %s is of none of the compared methods %s".formatted(cell.key(), known));
      }
      if (!seen.add(cell.key())) {
        throw new IllegalArgumentException("The cell " + cell.key() + " is given twice");
      }
    }
  }
}
