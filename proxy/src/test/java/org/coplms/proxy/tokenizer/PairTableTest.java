package org.coplms.proxy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PairTableTest {
  @Test
  void aPairCountsWhatWasAddedAndNotSubtracted() {
    PairTable table = new PairTable();
    table.add(0, 3, 5);
    table.add(0, 3, 5);
    table.add(0, 4, 2);
    table.subtract(0, 3);

    assertThat(table.count(0)).isEqualTo(7);
    assertThat(table.take(0)).containsExactly(2, 5);
    assertThat(table.count(0)).isZero();
    assertThat(table.take(0)).isEmpty();
  }

  @Test
  void aPairThatWasNeverAddedOccursNever() {
    assertThat(new PairTable().count(7)).isZero();
  }

  @Test
  void aPairThatIsGoneForgetsItsWords() {
    PairTable table = new PairTable();
    table.add(1, 2, 5);
    table.subtract(1, 2);
    table.add(1, 2, 6);

    assertThat(table.take(1)).containsExactly(6);
  }

  /** Beyond every size at which the table's arrays grow, against Java's own maps. */
  @Test
  void manyPairsAreAsInMaps() {
    SplittableRandom random = new SplittableRandom(4);
    long[] pairs = random.longs(5_000, 0, Long.MAX_VALUE).toArray();
    PairTable table = new PairTable();
    Map<Long, Long> counts = new HashMap<>();
    Map<Long, Set<Integer>> words = new HashMap<>();
    for (int step = 0; step < 60_000; step++) {
      long pair = pairs[random.nextInt(pairs.length)];
      long count = counts.getOrDefault(pair, 0L);
      int kind = random.nextInt(8);
      if (kind < 6) {
        table.add(pair, 2, step);
        counts.put(pair, count + 2);
        words.computeIfAbsent(pair, key -> new HashSet<>()).add(step);
      } else if (count > 0 && kind == 6) {
        table.subtract(pair, count);
        counts.put(pair, 0L);
        words.remove(pair);
      } else if (count > 0) {
        assertThat(IntStream.of(table.take(pair)).boxed())
            .containsExactlyInAnyOrderElementsOf(words.remove(pair));
        counts.put(pair, 0L);
      }
    }
    assertThat(LongStream.of(table.pairs()).boxed().toList())
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(counts.keySet());
    assertThat(counts)
        .hasSizeGreaterThan(4_000)
        .allSatisfy((pair, count) -> assertThat(table.count(pair)).isEqualTo(count));
  }
}
