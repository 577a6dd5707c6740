package org.coplms.dataprep;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Statistics as text: a line of counts, then domains by server split and device. */
final class StatisticsTable {
  private final DataStatistics statistics;
  private final StringBuilder text = new StringBuilder();

  private StatisticsTable(DataStatistics statistics) {
    this.statistics = statistics;
  }

  static String of(DataStatistics statistics) {
    StatisticsTable table = new StatisticsTable(statistics);
    table.write();
    return table.text.toString();
  }

  private void write() {
    RecordCounts counts = statistics.counts();
    line(
        "%,d records read = %,d accepted + %,d duplicates + %,d quarantined; %,d accepted unused",
        counts.read(),
        counts.accepted(),
        counts.duplicates(),
        counts.quarantined(),
        counts.unused());
    List<Integer> devices = new ArrayList<>(statistics.devices());
    text.append(cell("server"));
    Splits.SERVER.forEach(split -> text.append(number(split)));
    devices.forEach(device -> text.append(number("device " + device)));
    text.append('\n');
    for (String domain : statistics.domains()) {
      text.append(cell(domain));
      for (String split : Splits.SERVER) {
        text.append(number(statistics.rows(ExampleSchema.SERVER_ID, split, domain)));
      }
      for (int device : devices) {
        text.append(number(statistics.rows(device, Splits.TRAIN, domain)));
      }
      text.append('\n');
    }
    totals(devices);
  }

  private void totals(List<Integer> devices) {
    for (String split : Splits.DEVICE) {
      text.append(cell(split.equals(Splits.TRAIN) ? "total" : split));
      for (String server : Splits.SERVER) {
        text.append(number(split.equals(Splits.TRAIN) ? statistics.serverRows(server) : ""));
      }
      devices.forEach(device -> text.append(number(statistics.deviceRows(device, split))));
      text.append('\n');
    }
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String cell(String value) {
    return String.format(Locale.ROOT, "%-16s", value);
  }

  private static String number(Object value) {
    return value instanceof Long count
        ? String.format(Locale.ROOT, "%,14d", count)
        : String.format(Locale.ROOT, "%14s", value);
  }
}
