package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.List;

/** A scale with round tick values that covers a range of data. */
record Axis(double low, double high, boolean logarithmic, List<Double> ticks) {
  /** Ticks at multiples of 1, 2 or 5 times a power of ten; an empty range is widened. */
  static Axis linear(double low, double high, int wantedTicks) {
    double width = high > low ? high - low : Math.max(Math.abs(high), 1);
    double step = roundStep(width / wantedTicks);
    long first = (long) Math.floor(low / step + 1e-9);
    long last = Math.max((long) Math.ceil(high / step - 1e-9), first + 1);
    List<Double> ticks = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      ticks.add(i * step);
    }
    return new Axis(first * step, last * step, false, List.copyOf(ticks));
  }

  /**
   * From {@code low} to {@code high}, with about {@code most} ticks at multiples of a whole step.
   */
  static Axis whole(int low, int high, int most) {
    int step = (int) Math.max(1, Math.ceil(roundStep((high - low) / (double) most)));
    List<Double> ticks = new ArrayList<>();
    for (int at = low + Math.floorMod(-low, step); at <= high; at += step) {
      ticks.add((double) at);
    }
    double margin = high > low ? 0 : 0.5;
    return new Axis(low - margin, high + margin, false, List.copyOf(ticks));
  }

  /** Ticks at powers of ten; both bounds positive. */
  static Axis logarithmic(double low, double high) {
    int first = (int) Math.floor(Math.log10(low) + 1e-9);
    int last = Math.max((int) Math.ceil(Math.log10(high) - 1e-9), first + 1);
    List<Double> ticks = new ArrayList<>();
    for (int power = first; power <= last; power++) {
      ticks.add(Math.pow(10, power));
    }
    return new Axis(Math.pow(10, first), Math.pow(10, last), true, List.copyOf(ticks));
  }

  /** Where a value lies, 0 at the low end and 1 at the high end. */
  double fraction(double value) {
    return logarithmic
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  private static double roundStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(step, 1e-12))));
    double digit = step / power;
    double rounded = digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10;
    return rounded * power;
  }
}
