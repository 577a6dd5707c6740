package org.coplms.dataprep.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DirichletTest {
  @Property(tries = 200)
  void sharesAreNotNegativeAndSumToOne(
      @ForAll @DoubleRange(min = 0.0005, max = 200) @Scale(4) double alpha,
      @ForAll @IntRange(min = 1, max = 50) int size,
      @ForAll long seed) {
    double[] shares = new Dirichlet(alpha, seed).draw(size);
    assertThat(shares).hasSize(size);
    assertThat(Arrays.stream(shares).allMatch(share -> share >= 0 && share <= 1)).isTrue();
    assertThat(Arrays.stream(shares).sum()).isCloseTo(1, Offset.offset(1e-9));
  }

  @Property(tries = 50)
  void theSameSeedGivesTheSameShares(@ForAll long seed) {
    assertThat(new Dirichlet(0.7, seed).draw(5)).isEqualTo(new Dirichlet(0.7, seed).draw(5));
  }

  @Test
  void meanAndVarianceAreTheDistributions() {
    int size = 4;
    double alpha = 0.7;
    Dirichlet dirichlet = new Dirichlet(alpha, 42);
    double sum = 0;
    double squares = 0;
    int draws = 20_000;
    for (int i = 0; i < draws; i++) {
      double first = dirichlet.draw(size)[0];
      sum += first;
      squares += first * first;
    }
    double mean = sum / draws;
    double variance = squares / draws - mean * mean;
    // Mean 1/k, variance (1/k)(1 − 1/k)/(kα + 1).
    assertThat(mean).isCloseTo(0.25, Offset.offset(0.01));
    assertThat(variance).isCloseTo(0.25 * 0.75 / (size * alpha + 1), Offset.offset(0.002));
  }

  @Test
  void aSmallAlphaConcentratesAndALargeOneLevels() {
    assertThat(Arrays.stream(new Dirichlet(0.0001, 3).draw(10)).max().orElseThrow())
        .isGreaterThan(0.99);
    assertThat(Arrays.stream(new Dirichlet(1e6, 3).draw(10)).max().orElseThrow()).isLessThan(0.11);
  }
}
