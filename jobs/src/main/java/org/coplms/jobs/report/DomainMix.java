package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.Splits;
import org.coplms.proxy.cotune.Metrics;

/**
 * Which device holds how many examples of which domain.
 *
 * @param deviceOnly domains that occur in no pretraining and no public data
 */
public record DomainMix(List<Count> counts, Set<String> deviceOnly) {
  private static final int MOST_DOMAINS = 24;
  private static final String OTHERS = "others";

  public DomainMix {
    counts = List.copyOf(counts);
    deviceOnly = Set.copyOf(deviceOnly);
  }

  /**
   * Training examples of devices 0 to {@code devices} − 1 and public ones of the server; of many
   * domains the smallest are one column.
   */
  public static DomainMix of(DataStatistics statistics, int devices, Set<String> deviceOnly) {
    List<Count> all = new ArrayList<>();
    for (DataStatistics.Cell cell : statistics.cells()) {
      boolean shown =
          cell.device() == ExampleSchema.SERVER_ID
              ? cell.split().equals(Splits.PUBLIC)
              : cell.split().equals(Splits.TRAIN);
      if (shown) {
        all.add(new Count(cell.device(), cell.domain(), cell.rows()));
      }
    }
    Set<String> columns = largest(statistics.domains(), all);
    List<Count> counts = new ArrayList<>();
    for (int device = Metrics.SERVER; device < devices; device++) {
      for (String domain : columns) {
        counts.add(new Count(device, domain, 0)); // a row and a column for each
      }
    }
    for (Count count : all) {
      String column = columns.contains(count.domain()) ? count.domain() : OTHERS;
      counts.add(new Count(count.device(), column, count.examples()));
    }
    return new DomainMix(counts, deviceOnly);
  }

  private static Set<String> largest(Set<String> domains, List<Count> counts) {
    Map<String, Long> sizes =
        counts.stream()
            .collect(Collectors.groupingBy(Count::domain, Collectors.summingLong(Count::examples)));
    return domains.stream()
        .sorted(
            Comparator.comparingLong((String domain) -> -sizes.getOrDefault(domain, 0L))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MOST_DOMAINS)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  public static DomainMix empty() {
    return new DomainMix(List.of(), Set.of());
  }

  /** Training examples of one domain on one device ({@link Metrics#SERVER}: the public data). */
  public record Count(int device, String domain, long examples) {}
}
