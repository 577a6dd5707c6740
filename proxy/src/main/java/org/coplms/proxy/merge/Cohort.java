package org.coplms.proxy.merge;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;

/** The checked updates of one round in device order. */
record Cohort(ThetaSpec spec, List<ProxyUpdate> updates, long examples) {

  /**
   * @throws IllegalArgumentException as {@link MergeRule#mergeWithReport}
   */
  static Cohort of(Map<String, HostTensor> current, List<ProxyUpdate> updates) {
    return of(ThetaSpec.of(current), updates);
  }

  /** The same for a whitelist of any kind. */
  static Cohort of(ThetaSpec spec, List<ProxyUpdate> updates) {
    if (updates.isEmpty()) {
      throw new IllegalArgumentException(
          "No update to merge; at least one edge device must report");
    }
    int round = updates.get(0).round();
    Set<Integer> seen = new HashSet<>();
    long examples = 0;
    for (ProxyUpdate update : updates) {
      update.requireWithin(spec);
      requireRound(update, round);
      if (!seen.add(update.deviceId())) {
        throw new IllegalArgumentException(update + " was given twice; merge each device once");
      }
      examples = Math.addExact(examples, update.numExamples());
    }
    requireExamples(examples, round);
    return new Cohort(
        spec,
        updates.stream().sorted(Comparator.comparingInt(ProxyUpdate::deviceId)).toList(),
        examples);
  }

  static void requireRound(ProxyUpdate update, int round) {
    if (update.round() != round) {
      throw new IllegalArgumentException(
          "%s cannot be merged with updates of round %d; drop late updates"
              .formatted(update, round));
    }
  }

  static void requireExamples(long examples, int round) {
    if (examples == 0) {
      throw new IllegalArgumentException(
          "Updates of round %d were trained on 0 examples in all; at least one device needs data"
              .formatted(round));
    }
  }

  /** w_i = n_i / Σ n, in the order of {@link #updates}. */
  double weight(ProxyUpdate update) {
    return (double) update.numExamples() / examples;
  }

  MergeReport report(String rule, SortedMap<String, MergeReport.Deviation> deviations) {
    return new MergeReport(rule, updates.get(0).round(), updates.size(), examples, deviations);
  }

  static void requireScaling(double scaling) {
    if (!(scaling > 0) || Double.isInfinite(scaling)) {
      throw new IllegalArgumentException(
          "LoRA scaling must be positive and finite, got " + scaling);
    }
  }
}
