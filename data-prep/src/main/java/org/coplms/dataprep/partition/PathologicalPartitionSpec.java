package org.coplms.dataprep.partition;

import java.util.SortedMap;
import org.coplms.dataprep.PreparationException;
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

  @Override
  public SortedMap<String, long[]> draw(DomainItems all, int draw) {
    return DealtDomains.deal(all.items(), all.devices(), domainsPerDevice, all.seed(draw));
  }

  @Override
  public void requirePossible(DomainItems all) {
    int domains = all.items().size();
    if (domainsPerDevice > domains) {
      throw new PreparationException(
          ("Each device is to hold %d domains, but there are only %d: %s; lower domainsPerDevice or"
                  + " add domains")
              .formatted(domainsPerDevice, domains, all.items().keySet()));
    }
    if ((long) all.devices() * domainsPerDevice < domains) {
      throw new PreparationException(
          ("%d devices with %d domains each have no place for %d domains; raise devices or"
                  + " domainsPerDevice to %d places or more")
              .formatted(all.devices(), domainsPerDevice, domains, domains));
    }
  }

  @Override
  public String setting() {
    return ", %d to a device".formatted(domainsPerDevice);
  }

  @Override
  public String remedy() {
    return ", raise domainsPerDevice";
  }
}
