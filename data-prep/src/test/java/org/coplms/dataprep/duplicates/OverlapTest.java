package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class OverlapTest {
  @Property(tries = 2000)
  void reachedIsThatTheQuotientReachesTheThreshold(
      @ForAll("sets") Set<Integer> a,
      @ForAll("sets") Set<Integer> b,
      @ForAll("thresholds") double t) {
    assertThat(new Overlap(t).reached(ascending(a), ascending(b)))
        .isEqualTo(similarity(ascending(a), ascending(b)) >= t);
  }

  @Property(tries = 500)
  void noSetIsReachedWithFewerThanNeededOfAny(@ForAll("thresholds") double t) {
    Overlap overlap = new Overlap(t);
    for (int size = 1; size < 40; size++) {
      int least = overlap.neededOfAny(size);
      for (int other = 1; other < 60; other++) {
        int needed = overlap.needed(size, other);
        assertThat(needed > Math.min(size, other) || needed >= least).isTrue();
      }
    }
  }

  @Provide
  Arbitrary<Set<Integer>> sets() {
    return Arbitraries.integers().between(0, 12).set().ofMinSize(1).ofMaxSize(12);
  }

  /** Quotients of small numbers too: there rounding would show. */
  @Provide
  Arbitrary<Double> thresholds() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(0.1, 1),
        Arbitraries.integers().between(1, 12).map(n -> n / 12.0),
        Arbitraries.integers().between(1, 10).map(n -> n / 10.0));
  }

  static int[] ascending(Set<Integer> set) {
    return set.stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  /** Jaccard similarity by definition. */
  static double similarity(int[] a, int[] b) {
    long common = IntStream.of(a).filter(x -> IntStream.of(b).anyMatch(y -> x == y)).count();
    return (double) common / (a.length + b.length - common);
  }
}
