package org.coplms.jobs.report;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Marks on a common horizontal axis, one row per thing compared; places in per cent of the axis.
 *
 * @param keys the kinds of marks, in the order of the legend
 */
public record DotPlot(String title, String unit, List<Tick> ticks, List<Key> keys, List<Row> rows) {
  /** A tick's place and its text. */
  public record Tick(double at, String label) {}

  /** A kind of mark; {@code kind} selects shape and colour in the style sheet. */
  public record Key(String kind, String label) {}

  /** One row; {@code from} and {@code to} span its marks. */
  public record Row(
      String label, boolean strong, String note, double from, double to, List<Dot> dots) {
    static Row of(String label, boolean strong, String note, List<Dot> dots) {
      double from = dots.stream().mapToDouble(Dot::at).min().orElse(0);
      double to = dots.stream().mapToDouble(Dot::at).max().orElse(0);
      return new Row(label, strong, note, from, to, List.copyOf(dots));
    }
  }

  /** One mark and the text that says what it is. */
  public record Dot(double at, String kind, String text) {}

  static List<Tick> ticks(Axis axis, DoubleFunction<String> label) {
    return axis.ticks().stream()
        .map(value -> new Tick(percent(axis, value), label.apply(value)))
        .toList();
  }

  static double percent(Axis axis, double value) {
    return Math.round(10000 * axis.fraction(value)) / 100.0;
  }
}
