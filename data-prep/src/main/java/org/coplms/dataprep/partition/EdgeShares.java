package org.coplms.dataprep.partition;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was fitted: the rows of each domain on each device.
 *
 * @param values of the column that says the device, in the devices' order; empty where the rank
 *     within the domain says it
 */
record EdgeShares(SortedMap<String, long[]> sizes, List<String> values) {
  EdgeShares {
    sizes = Collections.unmodifiableSortedMap(new TreeMap<>(sizes));
    values = List.copyOf(values);
  }

  static EdgeShares drawn(SortedMap<String, long[]> sizes) {
    return new EdgeShares(sizes, List.of());
  }

  boolean byColumn() {
    return !values.isEmpty();
  }

  int devices() {
    return sizes.get(sizes.firstKey()).length;
  }
}
