package org.coplms.jobs.report;

/**
 * Size of a drawing in its own units, and the area of its marks; what lies around holds texts.
 *
 * @param bottom of the area; y grows downwards
 */
public record Frame(
    double width, double height, double left, double right, double top, double bottom) {
  /** With room for the ticks only. */
  static final Frame SMALL = new Frame(340, 216, 48, 330, 10, 176);

  /** With room for names to the right of the lines. */
  static final Frame LABELLED = new Frame(560, 330, 48, 400, 10, 290);

  /** With names among its points. */
  static final Frame POINTS = new Frame(560, 330, 48, 550, 12, 284);

  /** The middle of the horizontal axis. */
  public double middle() {
    return (left + right) / 2;
  }
}
