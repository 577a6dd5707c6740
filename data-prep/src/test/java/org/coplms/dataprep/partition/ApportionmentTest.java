package org.coplms.dataprep.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ApportionmentTest {
  @Property(tries = 300)
  void largestRemaindersSumToTheTotalAndStayWithinOne(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20) int size,
      @ForAll @LongRange(min = 0, max = 100_000) long total) {
    double[] shares = new Dirichlet(0.5, seed).draw(size);
    long[] counts = Apportionment.of(shares, total);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(total);
    for (int i = 0; i < size; i++) {
      assertThat(Math.abs(counts[i] - shares[i] * total)).isLessThan(1 + 1e-6);
    }
  }

  @Property(tries = 300)
  void cutsCoverEverything(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20) int size,
      @ForAll @LongRange(min = 0, max = 100_000) long total) {
    long[] sizes = Apportionment.cuts(new Dirichlet(0.5, seed).draw(size), total);
    assertThat(Arrays.stream(sizes).allMatch(s -> s >= 0)).isTrue();
    assertThat(Arrays.stream(sizes).sum()).isEqualTo(total);
  }

  @Test
  void theLargestRemainderWins() {
    assertThat(Apportionment.of(new double[] {0.50, 0.26, 0.24}, 10)).containsExactly(5, 3, 2);
    assertThat(Apportionment.of(new double[] {0.8, 0.1, 0.1}, 5)).containsExactly(4, 1, 0);
  }

  @Test
  void cutsAreTheFloorsOfCumulatedShares() {
    assertThat(Apportionment.cuts(new double[] {0.25, 0.3, 0.45}, 10)).containsExactly(2, 3, 5);
  }
}
