package org.coplms.dataprep.card;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LengthsTest {
  @Property
  void everyLengthIsInTheBucketThatNamesIt(@ForAll @IntRange(min = 0) int length) {
    Lengths lengths = new Lengths();
    lengths.add(length);
    assertThat(lengths.summary("x").buckets())
        .filteredOn(bucket -> bucket.texts() == 1)
        .singleElement()
        .matches(bucket -> bucket.from() <= length && length <= bucket.to());
  }

  @Property
  void partsAddUpToTheWhole(
      @ForAll @Size(max = 50) List<@IntRange(min = 0, max = 5000) Integer> all,
      @ForAll @IntRange(min = 0, max = 50) int cut) {
    Lengths whole = new Lengths();
    Lengths first = new Lengths();
    Lengths second = new Lengths();
    for (int i = 0; i < all.size(); i++) {
      whole.add(all.get(i));
      (i < cut ? first : second).add(all.get(i));
    }
    second.add(first);
    assertThat(second.summary("x")).isEqualTo(whole.summary("x"));
    assertThat(whole.summary("x").texts()).isEqualTo(all.size());
  }

  @Test
  void bucketsLeaveNoGapAndDoubleInTwoSteps() {
    Lengths lengths = new Lengths();
    lengths.add(1);
    lengths.add(40);
    LengthSummary summary = lengths.summary("characters");
    assertThat(summary.mean()).isEqualTo(20.5);
    assertThat(summary.longest()).isEqualTo(40);
    assertThat(summary.buckets())
        .extracting(LengthSummary.Bucket::from)
        .containsExactly(0L, 2L, 3L, 4L, 6L, 8L, 12L, 16L, 23L, 32L);
    assertThat(summary.buckets().get(9)).isEqualTo(new LengthSummary.Bucket(32, 45, 1));
  }

  @Test
  void noTextHasNoMean() {
    assertThat(new Lengths().summary("x").mean()).isZero();
  }
}
