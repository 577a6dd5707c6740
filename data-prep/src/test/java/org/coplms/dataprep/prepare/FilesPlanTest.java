package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Splits;
import org.junit.jupiter.api.Test;

class FilesPlanTest {
  private static final FilesSpec SPEC =
      FilesSpecs.of("unread.jsonl", 1.0)
          .deviceOnly("private")
          .server(new FilesSpec.ServerShares(0.2, 0.05, 0.1, 0.05))
          .minPerDevice(20)
          .build();

  @Property(tries = 50)
  void everyItemHasOnePlaceAndEveryDeviceEnoughToTrainOn(@ForAll long seed) {
    SortedMap<String, Long> items = new TreeMap<>();
    items.put("open", 400L);
    items.put("private", 200L);
    SplitPlan plan = plan(seed, items, 3);
    assertThat(plan.assigned()).isEqualTo(600);
    for (int device = 0; device < 3; device++) {
      Slot train = new Slot(Splits.TRAIN, device);
      assertThat(count(plan, "open", train) + count(plan, "private", train))
          .isGreaterThanOrEqualTo(14); // 80 % of 20, in two domains
    }
    assertThat(count(plan, "open", Slot.server(Splits.PRETRAIN))).isEqualTo(80);
    assertThat(count(plan, "open", Slot.server(Splits.PRETRAIN_SLM))).isEqualTo(20);
    assertThat(count(plan, "open", Slot.server(Splits.PUBLIC))).isEqualTo(40);
    assertThat(count(plan, "open", Slot.server(Splits.TEST))).isEqualTo(20);
    assertThat(count(plan, "private", Slot.server(Splits.PRETRAIN))).isZero();
    assertThat(count(plan, "private", Slot.server(Splits.PUBLIC))).isZero();
    assertThat(count(plan, "private", Slot.server(Splits.TEST))).isEqualTo(10);
  }

  @Test
  void tooFewExamplesForTheDevicesIsOneClearError() {
    SortedMap<String, Long> items = new TreeMap<>();
    items.put("private", 30L);
    assertThatThrownBy(() -> plan(1, items, 3))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("3 devices at least 20 items (29 items in 1 domains")
        .hasMessageContaining("lower devices");
  }

  @Test
  void aDeviceOnlyDomainThatIsNotThereIsOneClearError() {
    SortedMap<String, Long> items = new TreeMap<>();
    items.put("open", 400L);
    assertThatThrownBy(() -> plan(1, items, 3))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("'private' is not in unread.jsonl, which has [open]");
  }

  private static SplitPlan plan(long seed, SortedMap<String, Long> items, int devices) {
    List<GroupCount> groups =
        items.entrySet().stream()
            .map(one -> new GroupCount(one.getKey(), one.getKey(), "", one.getValue()))
            .toList();
    return new FilesPlan(new PrepareSpec(seed, SPEC, devices, 1.0), SPEC, groups).plan();
  }

  private static long count(SplitPlan plan, String domain, Slot slot) {
    return LongStream.range(0, plan.assigned(domain))
        .filter(rank -> plan.at(domain, rank).contains(slot))
        .count();
  }
}
