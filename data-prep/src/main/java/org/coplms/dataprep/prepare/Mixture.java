package org.coplms.dataprep.prepare;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * How a device's domains are drawn: {@code (1 − s)·Dir(α)} over the known domains and {@code
 * s·Dir(α)} over the device-only ones, redrawn until each device-only domain has more than {@code
 * minShare} on at least {@code minDevicesPerDomain} devices.
 *
 * @param deviceOnlyShare s
 */
public record Mixture(double deviceOnlyShare, int minDevicesPerDomain, double minShare)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public Mixture {
    Problems problems = new Problems();
    problems.requireShare("deviceOnlyShare", deviceOnlyShare);
    problems.requireAtLeast(0, "minDevicesPerDomain", minDevicesPerDomain);
    problems.requireShare("minShare", minShare);
    problems.throwIfAny();
  }
}
