package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

class MembersTest {
  @Property(tries = 500)
  void theIndexFindsWhatComparingOneByOneFinds(
      @ForAll("tables") List<Set<Integer>> table,
      @ForAll @DoubleRange(min = 0.1, max = 1) double threshold) {
    Members indexed = new Members(new Overlap(threshold), 1);
    Members oneByOne = new Members(new Overlap(threshold), Integer.MAX_VALUE);
    for (Set<Integer> set : table) {
      int[] shingles = OverlapTest.ascending(set);
      Member expected = oneByOne.similarTo(shingles);
      assertThat(indexed.similarTo(shingles)).isSameAs(expected);
      Member member = new Member("m" + oneByOne.size(), null, 0, shingles);
      indexed.add(member);
      oneByOne.add(member);
    }
  }

  /** Few values, so that many sets are similar; sizes from 1 to 14. */
  @Provide
  Arbitrary<List<Set<Integer>>> tables() {
    return Arbitraries.integers()
        .between(0, 16)
        .set()
        .ofMinSize(1)
        .ofMaxSize(14)
        .list()
        .ofMinSize(2)
        .ofMaxSize(80);
  }
}
