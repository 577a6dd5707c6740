package org.coplms.dataprep;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;

/** A source whose items are made here, and shared out by a plan that is drawn beforehand. */
abstract sealed class BuiltInSource implements Source permits CldrSource, WordnetSource {
  private final PrepareSpec spec;
  private final BuiltInSpec source;
  private final SplitPlan plan;

  BuiltInSource(PrepareSpec spec, BuiltInSpec source) {
    this.spec = spec;
    this.source = source;
    plan = new MixturePlan(spec, source).plan();
  }

  final long seed() {
    return spec.seed();
  }

  final List<String> domains() {
    return source.domains();
  }

  /** Items of the domain that the plan asks for. */
  final long assigned(String domain) {
    return plan.assigned(domain);
  }

  @Override
  public final PreparationException unusable(Configuration hadoop, String file, String problem) {
    throw new IllegalStateException("Built-in items have no problem: " + problem);
  }

  @Override
  public SplitPlan plan(SortedMap<String, Long> itemsPerDomain) {
    return plan;
  }

  @Override
  public final Set<String> deviceOnlyDomains() {
    return Set.copyOf(source.deviceOnly());
  }
}
