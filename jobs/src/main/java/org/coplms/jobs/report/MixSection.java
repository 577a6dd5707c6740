package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.coplms.proxy.cotune.Metrics;

/** Domains by device as a shaded table: domains known to the LLM first, then device-only ones. */
public record MixSection(List<Domain> domains, List<Row> rows) {
  /** A column. */
  public record Domain(String name, boolean deviceOnly) {}

  /** A device; {@code total} counts its examples. */
  public record Row(String label, List<Cell> cells, String total) {}

  /** One domain on one device: its count and its share of the device's examples in per cent. */
  public record Cell(String count, String share, int shade) {}

  static MixSection of(DomainMix mix) {
    List<Domain> domains =
        mix.counts().stream()
            .map(DomainMix.Count::domain)
            .distinct()
            .map(name -> new Domain(name, mix.deviceOnly().contains(name)))
            .sorted(Comparator.comparing(Domain::deviceOnly).thenComparing(Domain::name))
            .toList();
    List<Row> rows =
        mix.counts().stream()
            .map(DomainMix.Count::device)
            .distinct()
            .sorted()
            .map(device -> row(device, domains, mix))
            .toList();
    return new MixSection(domains, rows);
  }

  private static Row row(int device, List<Domain> domains, DomainMix mix) {
    List<DomainMix.Count> own =
        mix.counts().stream().filter(count -> count.device() == device).toList();
    long total = own.stream().mapToLong(DomainMix.Count::examples).sum();
    List<Cell> cells = new ArrayList<>();
    for (Domain domain : domains) {
      long examples =
          own.stream()
              .filter(count -> count.domain().equals(domain.name()))
              .mapToLong(DomainMix.Count::examples)
              .sum();
      cells.add(cell(examples, total));
    }
    String label = device == Metrics.SERVER ? "Server (public)" : Display.device(device);
    return new Row(label, List.copyOf(cells), Display.count(total));
  }

  private static Cell cell(long examples, long total) {
    if (examples == 0) {
      return new Cell("0", "", 0);
    }
    double share = examples / (double) total;
    return new Cell(
        Display.count(examples), Display.share(share), (int) Math.max(4, Math.round(100 * share)));
  }
}
