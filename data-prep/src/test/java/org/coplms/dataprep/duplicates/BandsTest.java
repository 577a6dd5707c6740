package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BandsTest {
  @Property(tries = 300)
  void recallAtTheThresholdIsKeptWithFewHashes(
      @ForAll @DoubleRange(min = 0.1, max = 1) double threshold) {
    Bands bands = Bands.of(threshold);

    assertThat(bands.recall(threshold)).isGreaterThanOrEqualTo(Bands.RECALL - 1e-12);
    assertThat(bands.hashes()).isLessThanOrEqualTo(64);
    assertThat(
            bands.rows() == 64
                || new Bands(64 / (bands.rows() + 1), bands.rows() + 1).recall(threshold)
                    < Bands.RECALL)
        .as("no more rows would do")
        .isTrue();
  }

  @Test
  void theDefaultIsTenBandsOfFive() {
    assertThat(Bands.of(0.8)).isEqualTo(new Bands(10, 5));
    assertThat(new Bands(10, 5).recall(0.8)).isCloseTo(0.981, Offset.offset(0.001));
    assertThat(new Bands(10, 5).recall(0.3)).isCloseTo(0.024, Offset.offset(0.001));
  }

  @Test
  void aBucketIsOfItsBandAndAllItsValues() {
    long[] buckets = new Bands(2, 2).buckets(new int[] {1, 2, 1, 2});

    assertThat(buckets[0]).isNotEqualTo(buckets[1]);
    assertThat(new Bands(2, 2).buckets(new int[] {1, 2, 2, 1})[0]).isEqualTo(buckets[0]);
    assertThat(new Bands(2, 2).buckets(new int[] {1, 2, 2, 1})[1]).isNotEqualTo(buckets[1]);
  }

  @Test
  void noBandIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bands(0, 5))
        .withMessageContaining("got 0 and 5");
  }
}
