package org.coplms.proxy.cotune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.coplms.proxy.lm.GeneratedPair;

/** The latest generated pairs, at most {@code capacity}; the oldest leave first. */
final class RehearsalBuffer {
  private final int capacity;
  private final List<RehearsalPair> pairs;

  RehearsalBuffer(int capacity, List<RehearsalPair> pairs) {
    this.capacity = capacity;
    this.pairs = new ArrayList<>(pairs);
  }

  void add(List<RehearsalPair> fresh) {
    pairs.addAll(fresh);
    if (pairs.size() > capacity) {
      pairs.subList(0, pairs.size() - capacity).clear();
    }
  }

  List<RehearsalPair> pairs() {
    return List.copyOf(pairs);
  }

  /**
   * The best distinct pairs: by mean log-probability of the answer, one for each prompt, none whose
   * prompt is in {@code excluded}.
   *
   * @param keep share of the distinct pairs to keep
   * @param most upper bound on their number
   */
  static List<RehearsalPair> select(
      List<GeneratedPair> generated, Set<String> excluded, double keep, int most) {
    Set<String> seen = new HashSet<>(excluded);
    List<RehearsalPair> distinct = new ArrayList<>();
    generated.stream()
        .sorted(
            Comparator.comparingDouble(GeneratedPair::meanLogProb)
                .reversed()
                .thenComparing(GeneratedPair::prompt))
        .filter(pair -> seen.add(pair.prompt()))
        .forEach(pair -> distinct.add(new RehearsalPair(pair.prompt(), pair.response())));
    int kept = (int) Math.ceil(keep * distinct.size());
    return distinct.subList(0, Math.min(kept, most));
  }
}
