package org.coplms.dataprep.partition;

import org.coplms.dataprep.Problems;

/**
 * Each device holds a few domains only (McMahan et al. 2017): the domains are dealt like cards,
 * shuffled anew when all are dealt, and a domain's items are split evenly over its devices. Every
 * domain is on a device; no two domains differ by more than one in their number of devices.
 *
 * @param domainsPerDevice k
 */
public record PathologicalPartitionSpec(int domainsPerDevice) implements PartitionSpec {
  private static final long serialVersionUID = 1L;

  public PathologicalPartitionSpec {
    Problems problems = new Problems();
    problems.requireAtLeast(1, "domainsPerDevice", domainsPerDevice);
    problems.throwIfAny();
  }

  @Override
  public String kind() {
    return "pathological";
  }
}
