package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/**
 * A chart over rounds, in the units of its drawing (the template sets the view box): geometry and
 * texts only, so that the template escapes and draws.
 *
 * @param keyTitle what the keys of the legend are, for example "Device"; may be empty
 * @param crowded more lines than can be told apart: they are drawn alike, with their mean on top
 * @param table the same figures: a heading row, then one row per round
 */
public record LineChart(
    String title,
    String unit,
    String summary,
    String keyTitle,
    boolean crowded,
    List<Tick> roundTicks,
    List<Tick> valueTicks,
    List<Line> lines,
    List<List<String>> table) {
  static final double WIDTH = 340;
  static final double HEIGHT = 216;
  private static final double LEFT = 48;
  private static final double RIGHT = 330;
  private static final double TOP = 10;
  private static final double BOTTOM = 176;
  private static final int MOST_LINES = 8;
  private static final int MOST_MARKS = 25;
  private static final int AMONG_MANY = -1;
  private static final int MEAN_OF_MANY = -2;

  /** A tick's place along its axis and its text. */
  public record Tick(double at, String label) {}

  /**
   * One line; values that are not finite interrupt it.
   *
   * @param key name in the legend
   * @param style index of colour and marker; -1 for a line among many, -2 for their mean
   * @param path SVG path data
   */
  public record Line(String key, int style, String path, List<Mark> marks) {}

  /** One measured point, with the text that says what it is. */
  public record Mark(double x, double y, boolean shown, String text) {}

  /** What is drawn: values by round; {@code key} is the series' name in the legend. */
  record Series(String name, String key, SortedMap<Integer, Double> values) {
    Series(String name, SortedMap<Integer, Double> values) {
      this(name, name, values);
    }
  }

  /**
   * How the values are read: the unit, whether zero belongs on the axis, how a figure is written.
   */
  record Scale(
      String unit, boolean fromZero, DoubleFunction<String> format, DoubleFunction<String> tick) {}

  static LineChart of(String title, Scale scale, List<Series> series) {
    return of(title, scale, "", series);
  }

  static LineChart of(String title, Scale scale, String keyTitle, List<Series> series) {
    SortedSet<Integer> rounds = new TreeSet<>();
    series.forEach(one -> rounds.addAll(one.values().keySet()));
    List<Series> drawn = new ArrayList<>(series);
    boolean crowded = series.size() > MOST_LINES;
    if (crowded) {
      drawn.add(mean(series, rounds));
    }
    Axis x = Axis.whole(rounds.first(), rounds.last(), 10);
    Axis y = valueAxis(series, scale.fromZero());
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < drawn.size(); i++) {
      int style = !crowded ? i : i < series.size() ? AMONG_MANY : MEAN_OF_MANY;
      lines.add(line(drawn.get(i), style, scale, x, y));
    }
    return new LineChart(
        title,
        scale.unit(),
        summary(title, scale, drawn),
        keyTitle,
        crowded,
        ticks(x, LEFT, RIGHT, value -> Long.toString(Math.round(value))),
        ticks(y, BOTTOM, TOP, scale.tick()),
        lines,
        table(drawn, rounds, scale));
  }

  private static Axis valueAxis(List<Series> series, boolean fromZero) {
    double[] finite =
        series.stream()
            .flatMap(one -> one.values().values().stream())
            .mapToDouble(Double::doubleValue)
            .filter(Double::isFinite)
            .toArray();
    double low = DoubleStream.of(finite).min().orElse(0);
    double high = DoubleStream.of(finite).max().orElse(1);
    return fromZero
        ? Axis.linear(Math.min(0, low), Math.max(0, high), 4)
        : Axis.linear(low, high, 4);
  }

  private static List<Tick> ticks(Axis axis, double from, double to, DoubleFunction<String> text) {
    return axis.ticks().stream()
        .map(value -> new Tick(place(axis, value, from, to), text.apply(value)))
        .toList();
  }

  private static Line line(Series series, int style, Scale scale, Axis x, Axis y) {
    StringBuilder path = new StringBuilder();
    List<Mark> marks = new ArrayList<>();
    boolean joined = false;
    for (Map.Entry<Integer, Double> point : series.values().entrySet()) {
      double value = point.getValue();
      if (!Double.isFinite(value)) {
        joined = false;
        continue;
      }
      double atX = place(x, point.getKey(), LEFT, RIGHT);
      double atY = place(y, value, BOTTOM, TOP);
      path.append(joined ? 'L' : 'M').append(atX).append(' ').append(atY);
      joined = true;
      String text =
          "%s, round %d: %s".formatted(series.name(), point.getKey(), scale.format().apply(value));
      boolean shown = style >= 0 && series.values().size() <= MOST_MARKS;
      if (style != AMONG_MANY) {
        marks.add(new Mark(atX, atY, shown, text));
      }
    }
    return new Line(series.key(), style, path.toString(), List.copyOf(marks));
  }

  private static double place(Axis axis, double value, double from, double to) {
    return Math.round(10 * (from + axis.fraction(value) * (to - from))) / 10.0;
  }

  private static Series mean(List<Series> series, SortedSet<Integer> rounds) {
    SortedMap<Integer, Double> means = new TreeMap<>();
    for (int round : rounds) {
      series.stream()
          .map(one -> one.values().get(round))
          .filter(value -> value != null && Double.isFinite(value))
          .mapToDouble(Double::doubleValue)
          .average()
          .ifPresent(value -> means.put(round, value));
    }
    return new Series("Mean", means);
  }

  private static String summary(String title, Scale scale, List<Series> series) {
    StringBuilder text = new StringBuilder(title).append(", first to last round: ");
    for (Series one : series) {
      SortedMap<Integer, Double> values = one.values();
      if (!values.isEmpty()) {
        text.append(one.name())
            .append(' ')
            .append(scale.format().apply(values.get(values.firstKey())))
            .append(" to ")
            .append(scale.format().apply(values.get(values.lastKey())))
            .append("; ");
      }
    }
    return text.append("in ").append(scale.unit()).append('.').toString();
  }

  private static List<List<String>> table(
      List<Series> series, SortedSet<Integer> rounds, Scale scale) {
    List<List<String>> rows = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("Round"));
    series.forEach(one -> heading.add(one.name()));
    rows.add(List.copyOf(heading));
    for (int round : rounds) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(round)));
      for (Series one : series) {
        Double value = one.values().get(round);
        row.add(value == null ? Display.MISSING : scale.format().apply(value));
      }
      rows.add(List.copyOf(row));
    }
    return List.copyOf(rows);
  }
}
