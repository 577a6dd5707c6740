package org.coplms.jobs.comparison;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.Prepared;
import org.coplms.jobs.cotune.RoundMetrics;
import org.coplms.jobs.results.RunResults;
import org.coplms.jobs.store.Direction;
import org.coplms.jobs.store.Ledger;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.StageMarker;
import org.coplms.proxy.cotune.Metrics;

/**
 * What a cell's folder tells beside its answers.
 *
 * @param deviceOnly domains that no pretraining and no public data contains
 * @param tokens SLM input tokens that took part in a training step, mean over devices, all rounds
 * @param seconds of the co-tuning stage, wall clock
 * @param exposureMeasured whether it is known which test prompts the SLMs had been trained on
 * @param rounds validation scores by round, mean over devices
 */
record CellFigures(
    Cell cell,
    Set<String> deviceOnly,
    long bytesUp,
    long bytesDown,
    OptionalDouble tokens,
    OptionalDouble seconds,
    boolean exposureMeasured,
    Optional<Exposure> exposure,
    Map<Metric, SortedMap<Integer, Double>> rounds) {
  static final String EXPOSED = "exposure.parquet";
  private static final String EXPOSURE = "exposure.json";
  private static final String ROUND_METRICS = "metrics.parquet";

  static CellFigures read(SparkSession spark, Cell cell) {
    RunStore store = cell.store();
    Ledger ledger = new Ledger(store);
    List<Metrics.Row> metrics = metrics(spark, store);
    return new CellFigures(
        cell,
        RunResults.deviceOnlyDomains(Prepared.statistics(cell.base().dataPath())),
        ledger.bytes(Direction.UP),
        ledger.bytes(Direction.DOWN),
        tokens(metrics),
        store
            .stageMarker("cotune")
            .map(StageMarker::seconds)
            .map(OptionalDouble::of)
            .orElseGet(OptionalDouble::empty),
        isExposureMeasured(cell),
        store.exists(EXPOSURE)
            ? Optional.of(Exposure.of(store.readJson(EXPOSURE).path("mean")))
            : Optional.empty(),
        Map.of(
            Metric.ROUGE_L, curve(metrics, Metric.ROUGE_L),
            Metric.EXACT_MATCH, curve(metrics, Metric.EXACT_MATCH)));
  }

  static boolean isExposureMeasured(Cell cell) {
    return cell.store().exists(EXPOSED);
  }

  private static List<Metrics.Row> metrics(SparkSession spark, RunStore store) {
    String[] paths =
        store.committedRounds().stream()
            .map(round -> store.roundPath(round, ROUND_METRICS))
            .toArray(String[]::new);
    return paths.length == 0
        ? List.of()
        : spark.read().schema(RoundMetrics.SCHEMA).parquet(paths).collectAsList().stream()
            .map(CellFigures::row)
            .toList();
  }

  private static Metrics.Row row(Row row) {
    return new Metrics.Row(
        row.getInt(0), row.getInt(1), row.getString(2), row.getString(3), row.getDouble(4));
  }

  private static OptionalDouble tokens(List<Metrics.Row> metrics) {
    List<Metrics.Row> rows = named(metrics, "data", "slm-tokens");
    long devices = rows.stream().mapToInt(Metrics.Row::device).distinct().count();
    return devices == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(rows.stream().mapToDouble(Metrics.Row::value).sum() / devices);
  }

  private static SortedMap<Integer, Double> curve(List<Metrics.Row> metrics, Metric metric) {
    SortedMap<Integer, Double> curve = new TreeMap<>();
    named(metrics, "evaluate", metric.roundMetric()).stream()
        .filter(row -> row.device() != Metrics.SERVER)
        .collect(groupingBy(Metrics.Row::round, TreeMap::new, toList()))
        .forEach(
            (round, rows) ->
                curve.put(
                    round, rows.stream().mapToDouble(Metrics.Row::value).average().orElseThrow()));
    return curve;
  }

  private static List<Metrics.Row> named(List<Metrics.Row> metrics, String stage, String name) {
    return metrics.stream()
        .filter(row -> row.stage().equals(stage) && row.name().equals(name))
        .toList();
  }
}
