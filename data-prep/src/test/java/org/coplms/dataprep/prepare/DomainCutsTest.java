package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.coplms.dataprep.Splits;
import org.junit.jupiter.api.Test;

class DomainCutsTest {
  private static final Slot PRETRAIN = Slot.server(Splits.PRETRAIN);
  private static final Slot SLM = Slot.server(Splits.PRETRAIN_SLM);

  @Test
  void runsFollowEachOtherAndTheRestIsUnused() {
    DomainCuts cuts =
        DomainCuts.builder()
            .pretrain(3, 1)
            .run(Slot.server(Splits.PUBLIC), 0)
            .device(0, new long[] {1, 0, 2})
            .build();
    assertThat(LongStream.range(0, 7).mapToObj(cuts::at))
        .containsExactly(
            List.of(PRETRAIN, SLM),
            List.of(PRETRAIN),
            List.of(PRETRAIN),
            List.of(new Slot(Splits.TRAIN, 0)),
            List.of(new Slot(Splits.TEST, 0)),
            List.of(new Slot(Splits.TEST, 0)),
            List.of());
    assertThat(cuts.assigned()).isEqualTo(6);
    assertThat(cuts.rows()).isEqualTo(7);
  }

  @Property(tries = 200)
  void everySlotGetsItsSize(
      @ForAll @IntRange(min = 0, max = 9) int pretrain,
      @ForAll @IntRange(min = 0, max = 9) int open,
      @ForAll @IntRange(min = 0, max = 9) int train) {
    DomainCuts cuts =
        DomainCuts.builder()
            .pretrain(pretrain, pretrain / 2)
            .run(Slot.server(Splits.PUBLIC), open)
            .run(new Slot(Splits.TRAIN, 3), train)
            .build();
    assertThat(count(cuts, PRETRAIN)).isEqualTo(pretrain);
    assertThat(count(cuts, SLM)).isEqualTo(pretrain / 2);
    assertThat(count(cuts, Slot.server(Splits.PUBLIC))).isEqualTo(open);
    assertThat(count(cuts, new Slot(Splits.TRAIN, 3))).isEqualTo(train);
  }

  private static long count(DomainCuts cuts, Slot slot) {
    return LongStream.range(0, 40).filter(rank -> cuts.at(rank).contains(slot)).count();
  }
}
