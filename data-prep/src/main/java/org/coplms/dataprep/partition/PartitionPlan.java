package org.coplms.dataprep.partition;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.dataprep.KeyedSeed;
import org.coplms.dataprep.PreparationException;

/**
 * How many items of each domain each device gets: a pure function of the specification, the seed,
 * the number of devices and the domains' sizes.
 */
public final class PartitionPlan {
  private static final int MOST_DRAWS = 1_000;

  private final PartitionSpec spec;
  private final long seed;
  private final int devices;
  private final SortedMap<String, Long> itemsPerDomain;

  /**
   * Checks that the specification can be met at all.
   *
   * @throws PreparationException when it cannot, whatever is drawn
   * @throws IllegalArgumentException for a {@link ColumnPartitionSpec}, which nothing is drawn for
   */
  public PartitionPlan(
      PartitionSpec spec, long seed, int devices, SortedMap<String, Long> itemsPerDomain) {
    this.spec = spec;
    this.seed = seed;
    this.devices = devices;
    this.itemsPerDomain = Collections.unmodifiableSortedMap(new TreeMap<>(itemsPerDomain));
    if (devices < 1) {
      throw new IllegalArgumentException("devices must be at least 1, got " + devices);
    }
    if (spec instanceof ColumnPartitionSpec byColumn) {
      throw new IllegalArgumentException(
          "The devices are in column '%s' of the data; no partition is drawn"
              .formatted(byColumn.column()));
    }
    if (spec instanceof PathologicalPartitionSpec pathological) {
      requireDealable(pathological.domainsPerDevice());
    }
  }

  private void requireDealable(int domainsPerDevice) {
    int domains = itemsPerDomain.size();
    if (domainsPerDevice > domains) {
      throw new PreparationException(
          ("Each device is to hold %d domains, but there are only %d: %s; lower domainsPerDevice or"
                  + " add domains")
              .formatted(domainsPerDevice, domains, itemsPerDomain.keySet()));
    }
    if ((long) devices * domainsPerDevice < domains) {
      throw new PreparationException(
          ("%d devices with %d domains each have no place for %d domains; raise devices or"
                  + " domainsPerDevice to %d places or more")
              .formatted(devices, domainsPerDevice, domains, domains));
    }
  }

  /**
   * The first draw that gives every device at least {@code minimum} items.
   *
   * @return for each domain the items of each device; they sum to the domain's items
   * @throws PreparationException when none of 1,000 draws does
   */
  public SortedMap<String, long[]> withAtLeast(long minimum) {
    int draws = isDrawn() ? MOST_DRAWS : 1;
    for (int draw = 0; draw < draws; draw++) {
      SortedMap<String, long[]> sizes = draw(draw);
      if (least(sizes) >= minimum) {
        return sizes;
      }
    }
    long items = itemsPerDomain.values().stream().mapToLong(Long::longValue).sum();
    throw new PreparationException(
        ("No %s partition in %,d draws gives each of %d devices at least %d items (%d items in %d"
                + " domains%s); lower devices or the minimum%s, or add data")
            .formatted(
                spec.kind(),
                draws,
                devices,
                minimum,
                items,
                itemsPerDomain.size(),
                setting(),
                remedy()));
  }

  /** Draw number {@code draw}, from 0, whatever it gives. */
  public SortedMap<String, long[]> draw(int draw) {
    String purpose = "partition " + draw;
    if (spec instanceof DirichletPartitionSpec dirichlet) {
      return eachDomain(
          (domain, items) ->
              Apportionment.cuts(
                  new Dirichlet(dirichlet.alpha(), KeyedSeed.of(seed, purpose, domain))
                      .draw(devices),
                  items));
    }
    if (spec instanceof QuantityPartitionSpec quantity) {
      double[] shares =
          new Dirichlet(quantity.alpha(), KeyedSeed.of(seed, purpose, "of all domains"))
              .draw(devices);
      return eachDomain(
          (domain, items) ->
              Apportionment.cuts(shares, items, uniform(KeyedSeed.of(seed, purpose, domain))));
    }
    if (spec instanceof PathologicalPartitionSpec pathological) {
      return DealtDomains.deal(
          itemsPerDomain,
          devices,
          pathological.domainsPerDevice(),
          KeyedSeed.of(seed, purpose, "of all domains"));
    }
    return equalShares();
  }

  /** The domains' remainders go round, so that the totals differ by at most one, too. */
  private SortedMap<String, long[]> equalShares() {
    long[] next = new long[1];
    return eachDomain(
        (domain, items) -> {
          long[] sizes = new long[devices];
          Arrays.fill(sizes, items / devices);
          for (long i = 0; i < items % devices; i++) {
            sizes[(int) (next[0]++ % devices)]++;
          }
          return sizes;
        });
  }

  private SortedMap<String, long[]> eachDomain(Split split) {
    SortedMap<String, long[]> sizes = new TreeMap<>();
    itemsPerDomain.forEach((domain, items) -> sizes.put(domain, split.of(domain, items)));
    return sizes;
  }

  private long least(SortedMap<String, long[]> sizes) {
    long[] totals = new long[devices];
    sizes.values().forEach(perDevice -> Arrays.setAll(totals, i -> totals[i] + perDevice[i]));
    return Arrays.stream(totals).min().orElseThrow();
  }

  private boolean isDrawn() {
    return !(spec instanceof IidPartitionSpec);
  }

  private String setting() {
    if (spec instanceof DirichletPartitionSpec dirichlet) {
      return ", alpha " + dirichlet.alpha();
    }
    if (spec instanceof QuantityPartitionSpec quantity) {
      return ", alpha " + quantity.alpha();
    }
    return spec instanceof PathologicalPartitionSpec pathological
        ? ", %d to a device".formatted(pathological.domainsPerDevice())
        : "";
  }

  private String remedy() {
    if (spec instanceof PathologicalPartitionSpec) {
      return ", raise domainsPerDevice";
    }
    return isDrawn() ? ", raise alpha" : "";
  }

  /** Uniform in [0, 1) from the seed's 53 highest bits. */
  private static double uniform(long seed) {
    return (seed >>> 11) * 0x1p-53;
  }

  /** A domain's items over the devices. */
  private interface Split {
    long[] of(String domain, long items);
  }
}
