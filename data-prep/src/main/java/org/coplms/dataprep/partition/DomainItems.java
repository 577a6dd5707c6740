package org.coplms.dataprep.partition;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.dataprep.KeyedSeed;

/**
 * What is shared out: each domain's items, to so many devices.
 *
 * @param seed of all draws
 */
public record DomainItems(long seed, int devices, SortedMap<String, Long> items) {
  public DomainItems {
    items = Collections.unmodifiableSortedMap(new TreeMap<>(items));
    if (devices < 1) {
      throw new IllegalArgumentException("devices must be at least 1, got " + devices);
    }
  }

  /** A domain's items over the devices. */
  interface Split {
    long[] of(String domain, long items);
  }

  SortedMap<String, long[]> each(Split split) {
    SortedMap<String, long[]> sizes = new TreeMap<>();
    items.forEach((domain, number) -> sizes.put(domain, split.of(domain, number)));
    return sizes;
  }

  /** Of one domain's part in a draw. */
  long seed(int draw, String domain) {
    return KeyedSeed.of(seed, "partition " + draw, domain);
  }

  /** Of what a draw has in common for all domains. */
  long seed(int draw) {
    return seed(draw, "of all domains");
  }

  long total() {
    return items.values().stream().mapToLong(Long::longValue).sum();
  }
}
