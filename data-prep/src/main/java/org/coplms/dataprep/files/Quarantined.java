package org.coplms.dataprep.files;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was put into quarantine.
 *
 * @param folder holds the records; absent where there are none
 * @param kinds unusable records by the kind of their problem, as {@code too-long}
 * @param first the first ones by place, as {@code file, line 3: reason}
 */
public record Quarantined(String folder, SortedMap<String, Long> kinds, List<String> first) {
  public Quarantined {
    kinds = Collections.unmodifiableSortedMap(new TreeMap<>(kinds));
    first = List.copyOf(first);
  }

  public long records() {
    return kinds.values().stream().mapToLong(Long::longValue).sum();
  }

  /** One sentence for an error or a warning; empty where there is nothing to tell. */
  public String text() {
    if (kinds.isEmpty()) {
      return "";
    }
    return "%d records are unusable %s, kept in %s: %s%s"
        .formatted(
            records(),
            kinds,
            folder,
            String.join("; ", first),
            records() > first.size() ? "; …" : "");
  }
}
