package org.coplms.dataprep;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where the items of every domain go. */
final class SplitPlan implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, DomainCuts> domains;

  SplitPlan(Map<String, DomainCuts> domains) {
    this.domains = new TreeMap<>(domains);
  }

  List<Slot> at(String domain, long rank) {
    return domains.get(domain).at(rank);
  }

  /** Items of the domain that have a slot. */
  long assigned(String domain) {
    return domains.get(domain).assigned();
  }

  long assigned() {
    return domains.values().stream().mapToLong(DomainCuts::assigned).sum();
  }

  /** Rows that will be written. */
  long rows() {
    return domains.values().stream().mapToLong(DomainCuts::rows).sum();
  }
}
