package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.coplms.jobs.comparison.Table.Column;
import org.coplms.jobs.comparison.Table.Row;
import org.coplms.jobs.comparison.Table.Value;
import org.coplms.jobs.report.Display;

/** The same scores by seed, device and domain; one table for each metric. */
final class DetailTables {
  private static final String KNOWN = "known";
  private static final String DEVICE_ONLY = "device_only";

  private final EntryView entry;

  DetailTables(EntryView entry) {
    this.entry = entry;
  }

  List<Table> bySeed() {
    return byName(
        "by seed", "Mean over devices of each seed.", "by_seed", seed -> Column.of("seed " + seed));
  }

  List<Table> byDevice() {
    return byName(
        "by device",
        "Mean over seeds; data are dealt anew in each seed, so a device is a place, not a data set.",
        "devices",
        device -> Column.of("device " + device));
  }

  List<Table> byDomain() {
    List<String> names = new ArrayList<>(names("domains"));
    List<Column> columns = new ArrayList<>();
    List<String> deviceOnly = entry.deviceOnlyDomains();
    for (String name : names) {
      columns.add(new Column("", name, deviceOnly.contains(name) ? "device-only" : ""));
    }
    if (!deviceOnly.isEmpty()) {
      columns.add(new Column("", "known", "together"));
      columns.add(new Column("", "device-only", "together"));
    }
    return tables(
        "by domain",
        "All devices’ questions of a domain counted alike, then the mean over seeds."
            + (deviceOnly.isEmpty()
                ? ""
                : " A device-only domain occurs in no pretraining and no public data."),
        columns,
        (method, metric) -> {
          List<Value> values = new ArrayList<>();
          names.forEach(name -> values.add(score(method, "domains", name, metric)));
          if (!deviceOnly.isEmpty()) {
            values.add(score(method, "slices", KNOWN, metric));
            values.add(score(method, "slices", DEVICE_ONLY, metric));
          }
          return values;
        });
  }

  private List<Table> byName(
      String by, String note, String group, Function<String, Column> column) {
    List<String> names = new ArrayList<>(names(group));
    return tables(
        by,
        note,
        names.stream().map(column).toList(),
        (method, metric) ->
            names.stream().map(name -> score(method, group, name, metric)).toList());
  }

  private List<Table> tables(
      String by,
      String note,
      List<Column> columns,
      BiFunction<MethodView, Metric, List<Value>> values) {
    List<Table> tables = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      List<Row> rows = new ArrayList<>();
      for (MethodView method : entry.methods()) {
        rows.add(new Row(method.title(), "", method.isReference(), values.apply(method, metric)));
      }
      tables.add(new Table(metric.title() + " " + by, note, "Method", columns, rows));
    }
    return tables;
  }

  private NavigableSet<String> names(String group) {
    NavigableSet<String> names = new TreeSet<>(MethodView::order);
    entry.methods().forEach(method -> names.addAll(method.names("/" + group)));
    return names;
  }

  private static Value score(MethodView method, String group, String name, Metric metric) {
    OptionalDouble score =
        MethodView.number(method.tree().path(group).path(name).path(metric.key()));
    return Value.of(score, Display::score);
  }
}
