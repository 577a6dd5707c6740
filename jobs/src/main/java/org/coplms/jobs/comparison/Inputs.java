package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.results.PredictionScores;
import org.coplms.proxy.metric.Scores;

/**
 * All that was read of a comparison's cells.
 *
 * @param figures in the order of the cells
 * @param devices answers of the SLMs by method
 * @param ofCells scores of all models by {@link Cell#key}
 * @param ofBases scores of the untuned models by the root of the base
 */
record Inputs(
    ComparisonInfo info,
    List<CellFigures> figures,
    Map<String, MethodScores> devices,
    SortedMap<String, PredictionScores> ofCells,
    SortedMap<String, PredictionScores> ofBases) {

  static Inputs read(
      SparkSession spark, ComparisonInfo info, List<Cell> cells, Predictions predictions) {
    return new Inputs(
        info,
        cells.stream().map(cell -> CellFigures.read(spark, cell)).toList(),
        predictions.ofDevices(),
        predictions.byCell(),
        Predictions.ofBases(spark, cells));
  }

  static Inputs none(ComparisonInfo info) {
    return new Inputs(info, List.of(), Map.of(), new TreeMap<>(), new TreeMap<>());
  }

  /** A method's cells by seed. */
  List<CellFigures> of(String method) {
    return figures.stream()
        .filter(figure -> figure.cell().method().equals(method))
        .sorted(Comparator.comparingLong(figure -> figure.cell().seed()))
        .toList();
  }

  MethodScores scores(String method) {
    return devices.getOrDefault(method, new MethodScores(new TreeMap<>()));
  }

  boolean isExposureMeasured(String method) {
    List<CellFigures> own = of(method);
    return !own.isEmpty() && own.stream().allMatch(CellFigures::exposureMeasured);
  }

  SortedSet<Long> seeds() {
    SortedSet<Long> seeds = new TreeSet<>();
    figures.forEach(figure -> seeds.add(figure.cell().seed()));
    return seeds;
  }

  SortedSet<String> deviceOnlyDomains() {
    SortedSet<String> domains = new TreeSet<>();
    figures.forEach(figure -> domains.addAll(figure.deviceOnly()));
    return domains;
  }

  Optional<PredictionScores> ofCell(CellFigures figure) {
    return Optional.ofNullable(ofCells.get(figure.cell().key()));
  }

  Optional<PredictionScores> ofBase(CellFigures figure) {
    return Optional.ofNullable(ofBases.get(figure.cell().base().root()));
  }

  /** The SLMs before any tuning: mean over devices, then over one base of each seed. */
  Optional<Scores> untuned() {
    SortedMap<Long, Scores> bySeed = new TreeMap<>();
    for (CellFigures figure : figures) {
      ofBase(figure)
          .flatMap(scores -> scores.macro(ModelNames.SLM_BEFORE))
          .ifPresent(scores -> bySeed.putIfAbsent(figure.cell().seed(), scores));
    }
    return bySeed.isEmpty()
        ? Optional.empty()
        : Optional.of(Scores.macro(new ArrayList<>(bySeed.values())));
  }
}
