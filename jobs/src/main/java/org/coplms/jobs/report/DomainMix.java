package org.coplms.jobs.report;

import java.util.List;
import java.util.Set;
import org.coplms.proxy.cotune.Metrics;

/**
 * Which device holds how many examples of which domain.
 *
 * @param deviceOnly domains that occur in no pretraining and no public data
 */
public record DomainMix(List<Count> counts, Set<String> deviceOnly) {
  public DomainMix {
    counts = List.copyOf(counts);
    deviceOnly = Set.copyOf(deviceOnly);
  }

  public static DomainMix empty() {
    return new DomainMix(List.of(), Set.of());
  }

  /** Training examples of one domain on one device ({@link Metrics#SERVER}: the public data). */
  public record Count(int device, String domain, long examples) {}
}
