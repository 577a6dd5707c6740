package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.List;
import org.coplms.jobs.report.ScatterChart.Mark;

/** Finds each point's name the first place beside it that nothing else covers. */
final class PointLabels {
  private static final double GLYPH = 6.1;
  private static final double LINE = 13;
  private static final double[] RISES = {0, -11, 11, -22, 22, -33, 33, -46, 46};

  private final Frame frame;
  private final List<Box> taken = new ArrayList<>();

  PointLabels(Frame frame) {
    this.frame = frame;
  }

  private record Box(double left, double top, double right, double bottom) {
    double overlap(Box other) {
      double width = Math.min(right, other.right) - Math.max(left, other.left);
      double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      return width > 0 && height > 0 ? width * height : 0;
    }
  }

  List<Mark> place(List<Mark> marks) {
    for (Mark mark : marks) {
      taken.add(new Box(mark.x() - 6, mark.y() - 6, mark.x() + 6, mark.y() + 6));
      taken.add(new Box(mark.x() - 2, mark.top(), mark.x() + 2, mark.bottom()));
    }
    return marks.stream().map(this::named).toList();
  }

  private Mark named(Mark mark) {
    Mark best = mark;
    double least = Double.POSITIVE_INFINITY;
    for (double rise : RISES) {
      for (boolean right : new boolean[] {true, false}) {
        Mark candidate = at(mark, rise, right);
        Box box = box(candidate);
        double covered = outside(box) + taken.stream().mapToDouble(box::overlap).sum();
        if (covered < least) {
          least = covered;
          best = candidate;
        }
      }
    }
    taken.add(box(best));
    return best;
  }

  private static Mark at(Mark mark, double rise, boolean right) {
    return new Mark(
        mark.x(),
        mark.y(),
        mark.top(),
        mark.bottom(),
        mark.style(),
        mark.name(),
        Math.round(10 * (mark.x() + (right ? 9 : -9))) / 10.0,
        Math.round(10 * (mark.y() + rise + 4)) / 10.0,
        right ? "start" : "end",
        mark.text());
  }

  private static Box box(Mark mark) {
    double width = GLYPH * mark.name().length();
    double left = mark.anchor().equals("start") ? mark.nameX() : mark.nameX() - width;
    return new Box(left, mark.nameY() - LINE + 3, left + width, mark.nameY() + 3);
  }

  /** A name that leaves the drawing is worse than one that covers something. */
  private double outside(Box box) {
    double beyond =
        Math.max(0, frame.left() - box.left)
            + Math.max(0, box.right - frame.width())
            + Math.max(0, frame.top() - 8 - box.top)
            + Math.max(0, box.bottom - frame.bottom());
    return 1000 * beyond;
  }
}
