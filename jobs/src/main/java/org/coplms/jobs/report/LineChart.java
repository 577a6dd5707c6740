package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A chart over rounds, in the units of its drawing (the template sets the view box): geometry and
 * texts only, so that the template escapes and draws.
 *
 * @param frame size of the drawing and of the area of its lines
 * @param keyTitle what the keys of the legend are, for example "Device"; may be empty
 * @param labels names beside the lines' ends; empty where a legend names the lines
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
    List<EndLabel> labels,
    List<List<String>> table,
    Frame frame) {
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
  public record Series(String name, String key, SortedMap<Integer, Double> values) {
    public Series(String name, SortedMap<Integer, Double> values) {
      this(name, name, values);
    }
  }

  /**
   * How the values are read: the unit, whether zero belongs on the axis, how a figure is written.
   */
  public record Scale(
      String unit, boolean fromZero, DoubleFunction<String> format, DoubleFunction<String> tick) {}

  static LineChart of(String title, Scale scale, List<Series> series) {
    return of(title, scale, "", series);
  }

  static LineChart of(String title, Scale scale, String keyTitle, List<Series> series) {
    if (series.size() <= MOST_LINES) {
      return draw(title, scale, keyTitle, series, styles(series.size()), Frame.SMALL);
    }
    List<Series> drawn = new ArrayList<>(series);
    drawn.add(mean(series));
    List<Integer> styles = new ArrayList<>(Collections.nCopies(series.size(), AMONG_MANY));
    styles.add(MEAN_OF_MANY);
    return draw(title, scale, keyTitle, drawn, styles, Frame.SMALL);
  }

  /**
   * A larger chart with each line's name at its end, which is readable for more lines than a legend
   * is, without telling colours apart.
   *
   * @param styles of the series, so that a series looks alike in several charts
   */
  public static LineChart labelled(
      String title, Scale scale, List<Series> series, List<Integer> styles) {
    return draw(title, scale, "", series, styles, Frame.LABELLED);
  }

  private static LineChart draw(
      String title,
      Scale scale,
      String keyTitle,
      List<Series> drawn,
      List<Integer> styles,
      Frame frame) {
    SortedSet<Integer> rounds = rounds(drawn);
    Axis x = Axis.whole(rounds.first(), rounds.last(), 10);
    Axis y = valueAxis(drawn, scale.fromZero());
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < drawn.size(); i++) {
      lines.add(line(drawn.get(i), styles.get(i), scale, x, y, frame));
    }
    return new LineChart(
        title,
        scale.unit(),
        summary(title, scale, drawn),
        keyTitle,
        styles.contains(AMONG_MANY),
        ticks(x, frame.left(), frame.right(), value -> Long.toString(Math.round(value))),
        ticks(y, frame.bottom(), frame.top(), scale.tick()),
        lines,
        frame.equals(Frame.LABELLED) ? EndLabel.spread(lines, frame) : List.of(),
        table(drawn, rounds, scale),
        frame);
  }

  private static List<Integer> styles(int lines) {
    return IntStream.range(0, lines).boxed().toList();
  }

  private static SortedSet<Integer> rounds(List<Series> series) {
    SortedSet<Integer> rounds = new TreeSet<>();
    series.forEach(one -> rounds.addAll(one.values().keySet()));
    return rounds;
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

  static List<Tick> ticks(Axis axis, double from, double to, DoubleFunction<String> text) {
    return axis.ticks().stream()
        .map(value -> new Tick(place(axis, value, from, to), text.apply(value)))
        .toList();
  }

  private static Line line(Series series, int style, Scale scale, Axis x, Axis y, Frame frame) {
    StringBuilder path = new StringBuilder();
    List<Mark> marks = new ArrayList<>();
    boolean joined = false;
    for (Map.Entry<Integer, Double> point : series.values().entrySet()) {
      double value = point.getValue();
      if (!Double.isFinite(value)) {
        joined = false;
        continue;
      }
      double atX = place(x, point.getKey(), frame.left(), frame.right());
      double atY = place(y, value, frame.bottom(), frame.top());
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

  static double place(Axis axis, double value, double from, double to) {
    return Math.round(10 * (from + axis.fraction(value) * (to - from))) / 10.0;
  }

  private static Series mean(List<Series> series) {
    SortedMap<Integer, Double> means = new TreeMap<>();
    for (int round : rounds(series)) {
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
