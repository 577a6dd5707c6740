package org.coplms.jobs.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.jobs.report.CurveCatalog.Curve;
import org.coplms.jobs.report.LineChart.Series;
import org.coplms.proxy.cotune.Metrics;

/**
 * Curves over rounds.
 *
 * @param further metrics without a place in {@link CurveCatalog}
 */
public record CurvesSection(List<Group> groups, List<LineChart> further) {
  /** Charts under one heading. */
  public record Group(String title, String explanation, List<LineChart> charts) {}

  static CurvesSection of(List<Metrics.Row> metrics) {
    Map<String, List<Metrics.Row>> byKey =
        metrics.stream().collect(groupingBy(CurveCatalog::key, TreeMap::new, toList()));
    List<Group> groups = new ArrayList<>();
    for (CurveCatalog.Group group : CurveCatalog.GROUPS) {
      List<LineChart> charts = new ArrayList<>();
      for (Curve curve : group.curves()) {
        List<Series> series = series(curve, byKey);
        if (!series.isEmpty()) {
          String keyTitle = curve.isPerDevice() ? "Device" : "";
          charts.add(LineChart.of(curve.title(), curve.scale(), keyTitle, series));
        }
      }
      if (!charts.isEmpty()) {
        groups.add(new Group(group.title(), group.explanation(), List.copyOf(charts)));
      }
    }
    return new CurvesSection(List.copyOf(groups), further(byKey));
  }

  private static List<Series> series(Curve curve, Map<String, List<Metrics.Row>> byKey) {
    if (curve.isPerDevice()) {
      return perDevice(byKey.getOrDefault(curve.sources().get(0).key(), List.of()));
    }
    List<Series> series = new ArrayList<>();
    for (CurveCatalog.Source source : curve.sources()) {
      List<Metrics.Row> rows = byKey.getOrDefault(source.key(), List.of());
      if (!rows.isEmpty()) {
        series.add(new Series(source.name(), byRound(rows)));
      }
    }
    return series;
  }

  private static List<LineChart> further(Map<String, List<Metrics.Row>> byKey) {
    Set<String> known =
        CurveCatalog.GROUPS.stream()
            .flatMap(group -> group.curves().stream())
            .flatMap(curve -> curve.sources().stream())
            .map(CurveCatalog.Source::key)
            .collect(toSet());
    return byKey.entrySet().stream()
        .filter(entry -> !known.contains(entry.getKey()))
        .map(
            entry ->
                LineChart.of(
                    entry.getKey().replaceFirst("/", ": "),
                    CurveCatalog.ANY,
                    keyTitle(entry.getValue()),
                    perDevice(entry.getValue())))
        .toList();
  }

  private static List<Series> perDevice(List<Metrics.Row> rows) {
    SortedMap<Integer, List<Metrics.Row>> byDevice =
        rows.stream().collect(groupingBy(Metrics.Row::device, TreeMap::new, toList()));
    List<Series> series = new ArrayList<>();
    byDevice.forEach(
        (device, own) -> series.add(new Series(Display.device(device), key(device), byRound(own))));
    return series;
  }

  private static String keyTitle(List<Metrics.Row> rows) {
    return rows.stream().anyMatch(row -> row.device() != Metrics.SERVER) ? "Device" : "";
  }

  private static String key(int device) {
    return device == Metrics.SERVER ? Display.device(device) : Integer.toString(device);
  }

  private static SortedMap<Integer, Double> byRound(List<Metrics.Row> rows) {
    SortedMap<Integer, Double> values = new TreeMap<>();
    rows.forEach(row -> values.put(row.round(), row.value()));
    return values;
  }
}
