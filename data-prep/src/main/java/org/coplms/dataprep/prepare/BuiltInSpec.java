package org.coplms.dataprep.prepare;

import java.util.ArrayList;
import java.util.List;
import org.coplms.dataprep.Problems;

/** What the built-in sources have in common: chosen domains, fixed counts, a drawn mixture. */
interface BuiltInSpec {
  String kind();

  /** Domains that server data is made of. */
  List<String> known();

  /** Domains that only devices know: in no pretraining and no public data. */
  List<String> deviceOnly();

  DomainCounts perDomain();

  DeviceCounts perDevice();

  Mixture mixture();

  /** Known and device-only domains, in this order. */
  default List<String> domains() {
    return join(known(), deviceOnly());
  }

  /** What is wrong with the domains whatever their names. */
  static Problems problems(List<String> known, List<String> deviceOnly, Mixture mixture) {
    Problems problems = new Problems();
    problems.require(!known.isEmpty(), "known must name at least one domain");
    problems.requireDistinct("known and deviceOnly together", join(known, deviceOnly));
    problems.require(
        deviceOnly.isEmpty() == (mixture.deviceOnlyShare() == 0),
        "deviceOnlyShare must be 0 exactly when deviceOnly is empty, got %s with %s"
            .formatted(mixture.deviceOnlyShare(), deviceOnly));
    return problems;
  }

  static List<String> join(List<String> known, List<String> deviceOnly) {
    List<String> all = new ArrayList<>(known);
    all.addAll(deviceOnly);
    return all;
  }
}
