package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.coplms.jobs.report.LineChart.Tick;

/**
 * Scores, with their intervals, against a size on a logarithmic scale; a size of zero has a place
 * of its own to the left of the scale.
 *
 * @param zero where a size of zero lies; empty when no point has it
 * @param axisFrom where the scale begins
 */
public record ScatterChart(
    String title,
    String unit,
    String sizeTitle,
    List<Tick> sizeTicks,
    List<Tick> scoreTicks,
    List<Double> zero,
    double axisFrom,
    List<Mark> marks,
    Frame frame) {
  private static final double ZERO_WIDTH = 92;

  /** What is drawn. */
  public record Point(
      String name, double size, double score, OptionalDouble low, OptionalDouble high, int style) {}

  /**
   * One point, from {@code top} to {@code bottom} its interval, and the place of its name.
   *
   * @param anchor of the name: {@code start}, {@code middle} or {@code end}
   */
  public record Mark(
      double x,
      double y,
      double top,
      double bottom,
      int style,
      String name,
      double nameX,
      double nameY,
      String anchor,
      String text) {}

  /**
   * Draws at least one point.
   *
   * @param size how a size is written
   */
  public static ScatterChart of(
      String title,
      String unit,
      String sizeTitle,
      List<Point> points,
      DoubleFunction<String> size) {
    Frame frame = Frame.POINTS;
    double[] sizes = points.stream().mapToDouble(Point::size).filter(s -> s > 0).sorted().toArray();
    boolean withZero = sizes.length < points.size();
    double from = frame.left() + (withZero ? ZERO_WIDTH : 0);
    Axis x =
        sizes.length == 0
            ? Axis.logarithmic(1, 10)
            : Axis.logarithmic(sizes[0], sizes[sizes.length - 1]);
    Axis y =
        Axis.linear(
            points.stream().mapToDouble(p -> p.low().orElse(p.score())).min().orElse(0),
            points.stream().mapToDouble(p -> p.high().orElse(p.score())).max().orElse(100),
            6);
    double zeroAt = frame.left() + ZERO_WIDTH / 2 - 8;
    PointLabels labels = new PointLabels(frame);
    List<Mark> bare = new ArrayList<>();
    for (Point point : points) {
      double atX =
          point.size() > 0 ? LineChart.place(x, point.size(), from, frame.right()) : zeroAt;
      bare.add(mark(point, atX, y, frame, size));
    }
    return new ScatterChart(
        title,
        unit,
        sizeTitle,
        sizes.length == 0 ? List.of() : LineChart.ticks(x, from, frame.right(), Display::tickBytes),
        LineChart.ticks(y, frame.bottom(), frame.top(), Display::tick),
        withZero ? List.of(zeroAt) : List.of(),
        from,
        labels.place(bare),
        frame);
  }

  private static Mark mark(
      Point point, double x, Axis y, Frame frame, DoubleFunction<String> size) {
    double atY = LineChart.place(y, point.score(), frame.bottom(), frame.top());
    double top =
        LineChart.place(y, point.high().orElse(point.score()), frame.bottom(), frame.top());
    double bottom =
        LineChart.place(y, point.low().orElse(point.score()), frame.bottom(), frame.top());
    String text =
        "%s: %s at %s"
            .formatted(point.name(), Display.score(point.score()), size.apply(point.size()));
    return new Mark(x, atY, top, bottom, point.style(), point.name(), x, atY, "start", text);
  }
}
