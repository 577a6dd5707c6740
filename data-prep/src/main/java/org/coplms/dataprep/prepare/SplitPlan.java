package org.coplms.dataprep.prepare;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where the items of every group go: a domain, or what one owner has of it. */
final class SplitPlan implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, DomainCuts> groups;

  SplitPlan(Map<String, DomainCuts> groups) {
    this.groups = new TreeMap<>(groups);
  }

  List<Slot> at(String group, long rank) {
    return groups.get(group).at(rank);
  }

  /** Items of the group that have a slot. */
  long assigned(String group) {
    return groups.get(group).assigned();
  }

  long assigned() {
    return groups.values().stream().mapToLong(DomainCuts::assigned).sum();
  }

  /** Rows that will be written. */
  long rows() {
    return groups.values().stream().mapToLong(DomainCuts::rows).sum();
  }
}
