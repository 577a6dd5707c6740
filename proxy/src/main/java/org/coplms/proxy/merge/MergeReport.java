package org.coplms.proxy.merge;

import java.io.Serializable;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a merge did and how far it is from the exact Σ w_i s B_i A_i, per module.
 *
 * @param rule the rule's name
 * @param round the round of the updates
 * @param devices number of merged updates
 * @param examples Σ n_i
 * @param deviations by module; those of {@code ffa} are 0, being exact up to its resolution
 */
public record MergeReport(
    String rule, int round, int devices, long examples, SortedMap<String, Deviation> deviations)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public MergeReport {
    deviations = Collections.unmodifiableSortedMap(new TreeMap<>(deviations));
  }

  /**
   * Frobenius norms of one module.
   *
   * @param error ‖Σ w_i s B_i A_i − s B A‖ for the merged B, A, before rounding to float32
   * @param norm ‖Σ w_i s B_i A_i‖
   */
  public record Deviation(double error, double norm) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** error / norm; 0 where nothing deviates. */
    public double relative() {
      return error == 0 ? 0 : error / norm;
    }
  }

  /** The relative residual over all modules, √(Σ error² / Σ norm²). */
  public double relativeResidual() {
    double errors = 0;
    double norms = 0;
    for (Deviation deviation : deviations.values()) {
      errors = Math.hypot(errors, deviation.error());
      norms = Math.hypot(norms, deviation.norm());
    }
    return new Deviation(errors, norms).relative();
  }

  /** The largest relative residual of a module. */
  public double largestResidual() {
    return deviations.values().stream().mapToDouble(Deviation::relative).max().orElse(0);
  }

  /** One line for a log. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "Round %d: merged θ of %d edge devices (%d examples) by '%s', relative residual %.3g, largest in a module %.3g",
        round,
        devices,
        examples,
        rule,
        relativeResidual(),
        largestResidual());
  }
}
