package org.coplms.dataprep.partition;

import java.util.Arrays;
import java.util.SortedMap;
import org.coplms.dataprep.PreparationException;

/**
 * How many items of each domain each device gets: a pure function of the specification, the seed,
 * the number of devices and the domains' sizes.
 */
public final class PartitionPlan {
  private static final int MOST_DRAWS = 1_000;

  private final PartitionSpec spec;
  private final DomainItems all;

  /**
   * Checks that the specification can be met at all.
   *
   * @throws PreparationException when it cannot, whatever is drawn
   * @throws IllegalArgumentException for a {@link ColumnPartitionSpec}, which nothing is drawn for
   */
  public PartitionPlan(
      PartitionSpec spec, long seed, int devices, SortedMap<String, Long> itemsPerDomain) {
    this.spec = spec;
    this.all = new DomainItems(seed, devices, itemsPerDomain);
    spec.requirePossible(all);
  }

  /**
   * The first draw that gives every device at least {@code minimum} items.
   *
   * @return for each domain the items of each device; they sum to the domain's items
   * @throws PreparationException when none of 1,000 draws does
   */
  public SortedMap<String, long[]> withAtLeast(long minimum) {
    int draws = spec.isDrawn() ? MOST_DRAWS : 1;
    for (int draw = 0; draw < draws; draw++) {
      SortedMap<String, long[]> sizes = draw(draw);
      if (least(sizes) >= minimum) {
        return sizes;
      }
    }
    throw new PreparationException(
        ("No %s partition in %,d draws gives each of %d devices at least %d items (%d items in %d"
                + " domains%s); lower devices or the minimum%s, or add data")
            .formatted(
                spec.kind(),
                draws,
                all.devices(),
                minimum,
                all.total(),
                all.items().size(),
                spec.setting(),
                spec.remedy()));
  }

  /** Draw number {@code draw}, from 0, whatever it gives. */
  public SortedMap<String, long[]> draw(int draw) {
    return spec.draw(all, draw);
  }

  private long least(SortedMap<String, long[]> sizes) {
    long[] totals = new long[all.devices()];
    sizes.values().forEach(perDevice -> Arrays.setAll(totals, i -> totals[i] + perDevice[i]));
    return Arrays.stream(totals).min().orElseThrow();
  }
}
