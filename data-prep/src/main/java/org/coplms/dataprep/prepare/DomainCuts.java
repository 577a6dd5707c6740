package org.coplms.dataprep.prepare;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coplms.dataprep.Splits;

/**
 * One domain's items, in their shuffled order, cut into consecutive runs: each item has one slot,
 * save the first of the pretraining run, which the SLMs share.
 */
final class DomainCuts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Slot[] slots;
  private final long[] ends;
  private final long sharedWithSlms;

  private DomainCuts(Builder builder) {
    slots = builder.slots.toArray(new Slot[0]);
    ends = builder.ends.stream().mapToLong(Long::longValue).toArray();
    sharedWithSlms = builder.sharedWithSlms;
  }

  /** Items that have a slot. */
  long assigned() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  /** The slots of the item at a rank from 0; none for items left over. */
  List<Slot> at(long rank) {
    if (rank >= assigned()) {
      return List.of();
    }
    int found = Arrays.binarySearch(ends, rank + 1);
    Slot slot = slots[found >= 0 ? found : -found - 1];
    return rank < sharedWithSlms ? List.of(slot, Slot.server(Splits.PRETRAIN_SLM)) : List.of(slot);
  }

  /** Rows that the plan makes of the domain: an item that is shared counts twice. */
  long rows() {
    return assigned() + sharedWithSlms;
  }

  static Builder builder() {
    return new Builder();
  }

  static final class Builder {
    private final List<Slot> slots = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();
    private long sharedWithSlms;
    private long end;

    /** Starts with the pretraining run, whose first items are the SLMs' too. */
    private Builder() {}

    Builder pretrain(long size, long shared) {
      if (end > 0 || shared > size) {
        throw new IllegalStateException("Pretraining comes first and holds what the SLMs share");
      }
      sharedWithSlms = shared;
      return run(Slot.server(Splits.PRETRAIN), size);
    }

    Builder run(Slot slot, long size) {
      if (size > 0) {
        end += size;
        slots.add(slot);
        ends.add(end);
      }
      return this;
    }

    /** The device's runs in the order of {@link Splits#DEVICE}. */
    Builder device(int device, long[] sizes) {
      for (int i = 0; i < sizes.length; i++) {
        run(new Slot(Splits.DEVICE.get(i), device), sizes[i]);
      }
      return this;
    }

    DomainCuts build() {
      return new DomainCuts(this);
    }
  }
}
