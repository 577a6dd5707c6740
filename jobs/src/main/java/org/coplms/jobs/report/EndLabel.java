package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A line's name beside its end, moved up or down where names would lie upon each other.
 *
 * @param leader SVG path data from the line's end to its name
 */
public record EndLabel(double x, double y, int style, String text, String leader) {
  private static final double GAP = 14;
  private static final double DISTANCE = 20;

  static List<EndLabel> spread(List<LineChart.Line> lines, Frame frame) {
    List<LineChart.Line> ended =
        lines.stream()
            .filter(line -> !line.marks().isEmpty())
            .sorted(Comparator.comparingDouble((LineChart.Line line) -> end(line).y()))
            .toList();
    double[] places = ended.stream().mapToDouble(line -> end(line).y()).toArray();
    apart(places, frame.top(), frame.bottom());
    List<EndLabel> labels = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      LineChart.Mark end = end(ended.get(i));
      double x = frame.right() + DISTANCE;
      double y = Math.round(10 * places[i]) / 10.0;
      labels.add(
          new EndLabel(
              x,
              y,
              ended.get(i).style(),
              ended.get(i).key(),
              "M%s %sL%s %s".formatted(end.x() + 5, end.y(), x - 3, y)));
    }
    return List.copyOf(labels);
  }

  /** Moves ascending places until each is a gap below the one before, all within the bounds. */
  private static void apart(double[] places, double top, double bottom) {
    for (int i = 1; i < places.length; i++) {
      places[i] = Math.max(places[i], places[i - 1] + GAP);
    }
    double lowest = bottom;
    for (int i = places.length - 1; i >= 0 && places[i] > lowest; i--) {
      places[i] = Math.max(lowest, top);
      lowest -= GAP;
    }
  }

  private static LineChart.Mark end(LineChart.Line line) {
    return line.marks().get(line.marks().size() - 1);
  }
}
