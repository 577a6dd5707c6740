package org.coplms.dataprep.prepare;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * All that decides the prepared rows: an equal specification gives equal rows.
 *
 * @param devices number of edge devices, N
 * @param alpha concentration of the Dirichlet distribution over domains or devices; the smaller,
 *     the more the devices differ
 * @param maxQuarantineShare share of the records read that may be unusable
 */
public record PrepareSpec(
    long seed, SourceSpec source, int devices, double alpha, double maxQuarantineShare)
    implements Serializable {
  private static final double USUAL_QUARANTINE_SHARE = 0.01;

  public PrepareSpec {
    Problems problems = new Problems();
    problems.require(source != null, "data.source is missing");
    problems.requireShare("quarantine.max-share", maxQuarantineShare);
    problems.requireAtLeast(1, "devices", devices);
    problems.require(
        alpha > 0 && Double.isFinite(alpha),
        "alpha must be positive and finite, got %s".formatted(alpha));
    if (source instanceof BuiltInSpec builtIn && !builtIn.deviceOnly().isEmpty()) {
      int least = builtIn.mixture().minDevicesPerDomain();
      problems.require(
          least <= devices,
          "minDevicesPerDomain must not exceed the number of devices %d, got %d"
              .formatted(devices, least));
    }
    problems.throwIfAny();
  }

  /** With the usual limit of unusable records. */
  public PrepareSpec(long seed, SourceSpec source, int devices, double alpha) {
    this(seed, source, devices, alpha, USUAL_QUARANTINE_SHARE);
  }

  /** The specification as canonical JSON, equal for equal specifications only. */
  public String toJson() {
    return SpecJson.write(this);
  }
}
