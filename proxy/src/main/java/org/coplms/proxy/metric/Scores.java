package org.coplms.proxy.metric;

import java.io.Serializable;
import java.util.Collection;

/**
 * Mean scores over examples, 0 to 100.
 *
 * @param rougeL mean of the best Rouge-L F1
 * @param exactMatch mean of the best exact match
 * @param examples how many; both means are 0 for none
 */
public record Scores(double rougeL, double exactMatch, long examples) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Mean over devices that have examples, each counted alike; examples are those of all. */
  public static Scores macro(Collection<Scores> devices) {
    double rougeL = 0;
    double exactMatch = 0;
    long examples = 0;
    int counted = 0;
    for (Scores device : devices) {
      if (device.examples > 0) {
        rougeL += device.rougeL;
        exactMatch += device.exactMatch;
        examples += device.examples;
        counted++;
      }
    }
    return mean(rougeL, exactMatch, counted, examples);
  }

  /** Mean over the examples of all devices. */
  public static Scores micro(Collection<Scores> devices) {
    double rougeL = 0;
    double exactMatch = 0;
    long examples = 0;
    for (Scores device : devices) {
      rougeL += device.rougeL * device.examples;
      exactMatch += device.exactMatch * device.examples;
      examples += device.examples;
    }
    return mean(rougeL, exactMatch, examples, examples);
  }

  private static Scores mean(double rougeL, double exactMatch, long divisor, long examples) {
    return divisor == 0
        ? new Scores(0, 0, 0)
        : new Scores(rougeL / divisor, exactMatch / divisor, examples);
  }
}
