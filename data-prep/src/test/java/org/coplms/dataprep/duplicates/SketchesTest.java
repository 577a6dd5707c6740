package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class SketchesTest {
  private static final int PAIRS = 20_000;

  /** The bound is LOSS; six standard deviations of so many draws beside it. */
  @Property(tries = 30)
  void pairsAtTheThresholdAreAlike(
      @ForAll @DoubleRange(min = 0.1, max = 1) double threshold, @ForAll long seed) {
    Sketches sketches = Sketches.of(Bands.of(threshold).hashes(), threshold);

    double lost = 1 - shareAlike(sketches, threshold, seed);

    assertThat(lost).isLessThanOrEqualTo(Sketches.LOSS + 6 * Math.sqrt(Sketches.LOSS / PAIRS));
  }

  @Test
  void mostUnlikePairsAreNot() {
    Sketches sketches = Sketches.of(50, 0.8);

    assertThat(shareAlike(sketches, 0.8, 1)).isGreaterThan(0.998);
    assertThat(shareAlike(sketches, 0.2, 1)).isLessThan(0.001);
  }

  @Test
  void oneFieldMoreThanAllowedIsUnlike() {
    Sketches sketches = new Sketches(64, 2);

    assertThat(sketches.areAlike(0b0011, 0, 0, 0)).isTrue();
    assertThat(sketches.areAlike(0b0011, 0b0011, 0, 0)).as("two fields in both bits").isTrue();
    assertThat(sketches.areAlike(0b0011, 0b0100, 0, 0)).isFalse();
  }

  @Test
  void atMost64ValuesAreUsedAndFewDecideNothing() {
    assertThat(Sketches.of(100, 0.8).fields()).isEqualTo(64);
    assertThat(Sketches.of(1, 0.8)).isEqualTo(new Sketches(1, 1));
    assertThat(Sketches.of(64, 1)).isEqualTo(new Sketches(64, 0));
  }

  private static double shareAlike(Sketches sketches, double similarity, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int alike = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
      int[] a = random.ints(sketches.fields()).toArray();
      int[] b = a.clone();
      for (int field = 0; field < b.length; field++) {
        if (random.nextDouble() >= similarity) {
          b[field] = random.nextInt();
        }
      }
      long[] ofA = sketches.of(a);
      long[] ofB = sketches.of(b);
      alike += sketches.areAlike(ofA[0], ofA[1], ofB[0], ofB[1]) ? 1 : 0;
    }
    return (double) alike / PAIRS;
  }
}
