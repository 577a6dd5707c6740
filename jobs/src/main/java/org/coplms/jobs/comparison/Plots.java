package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.jobs.report.Display;
import org.coplms.jobs.report.LineChart;
import org.coplms.jobs.report.ScatterChart;

/** The drawings of a comparison; a method has the same colour and mark in all of them. */
final class Plots {
  private static final LineChart.Scale SCORE =
      new LineChart.Scale(
          "validation score, 0–100; mean over devices and seeds",
          false,
          Display::score,
          Display::tick);

  private final EntryView entry;

  Plots(EntryView entry) {
    this.entry = entry;
  }

  /** Scores of methods and controls against bytes, one chart for each metric. */
  List<ScatterChart> againstBytes() {
    List<ScatterChart> charts = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      List<ScatterChart.Point> points = new ArrayList<>();
      List<MethodView> methods = methodsAndControls();
      for (int i = 0; i < methods.size(); i++) {
        if (methods.get(i).isPresent()) {
          points.add(point(methods.get(i), metric, i));
        }
      }
      if (!points.isEmpty()) {
        charts.add(
            ScatterChart.of(
                metric.title() + " against bytes",
                entry.questions() + " score with its 95 % interval; mean over devices and seeds",
                "bytes of a run, both ways, all devices (logarithmic)",
                points,
                Display::bytes));
      }
    }
    return charts;
  }

  /** Validation scores of methods and controls by round. */
  List<LineChart> againstRounds() {
    return charts(methodsAndControls(), "");
  }

  /** The same of the reference and its ablations. */
  List<LineChart> ablationsAgainstRounds() {
    List<MethodView> shown = new ArrayList<>(entry.methods(MethodInfo.Kind.ABLATION));
    if (shown.isEmpty()) {
      return List.of();
    }
    shown.remove(entry.reference());
    shown.add(0, entry.reference());
    return charts(shown, ", ablations");
  }

  private List<MethodView> methodsAndControls() {
    List<MethodView> shown = new ArrayList<>(entry.methods(MethodInfo.Kind.METHOD));
    shown.addAll(entry.methods(MethodInfo.Kind.CONTROL));
    return shown;
  }

  private static List<LineChart> charts(List<MethodView> methods, String of) {
    List<LineChart> charts = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      List<LineChart.Series> series = new ArrayList<>();
      List<Integer> styles = new ArrayList<>();
      for (int i = 0; i < methods.size(); i++) {
        SortedMap<Integer, Double> rounds = rounds(methods.get(i), metric);
        if (!rounds.isEmpty()) {
          series.add(new LineChart.Series(methods.get(i).title(), rounds));
          styles.add(i);
        }
      }
      if (!series.isEmpty()) {
        charts.add(
            LineChart.labelled(metric.title() + " against round" + of, SCORE, series, styles));
      }
    }
    return charts;
  }

  private static ScatterChart.Point point(MethodView method, Metric metric, int style) {
    double bytes = method.number("/bytes_up").orElse(0) + method.number("/bytes_down").orElse(0);
    OptionalDouble low = method.number("/" + metric.key() + "_interval/0");
    OptionalDouble high = method.number("/" + metric.key() + "_interval/1");
    double score = method.number("/" + metric.key()).orElseThrow();
    return new ScatterChart.Point(method.title(), bytes, score, low, high, style);
  }

  private static SortedMap<Integer, Double> rounds(MethodView method, Metric metric) {
    String at = "/rounds/" + metric.key();
    SortedMap<Integer, Double> rounds = new TreeMap<>();
    for (String round : method.names(at)) {
      method
          .number(at + "/" + round)
          .ifPresent(value -> rounds.put(Integer.parseInt(round), value));
    }
    return rounds;
  }
}
