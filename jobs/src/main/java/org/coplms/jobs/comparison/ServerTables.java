package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.coplms.jobs.comparison.Table.Column;
import org.coplms.jobs.comparison.Table.Row;
import org.coplms.jobs.comparison.Table.Value;
import org.coplms.jobs.report.Display;

/** LLM and DPM on the server's test questions, before and after; one table for each metric. */
final class ServerTables {
  private static final Map<String, String> SLICES =
      Map.of("all", "all domains", "known", "known", "device_only", "device-only");

  private ServerTables() {}

  /** Empty when no method has a server model. */
  static List<Table> of(EntryView entry) {
    List<MethodView> shown =
        entry.methods().stream().filter(m -> m.has("/llm") || m.has("/dpm")).toList();
    List<String> slices =
        entry.deviceOnlyDomains().isEmpty()
            ? List.of("all")
            : List.of("all", "known", "device_only");
    List<Table> tables = new ArrayList<>();
    for (Metric metric : shown.isEmpty() ? new Metric[0] : Metric.values()) {
      List<Column> columns = new ArrayList<>();
      for (String model : List.of("llm", "dpm")) {
        String title = model.equals("llm") ? "LLM" : "DPM";
        slices.forEach(slice -> columns.add(new Column(title, SLICES.get(slice), "")));
      }
      tables.add(
          new Table(
              metric.title() + " of the server’s models",
              "On the server’s test questions: before co-tuning → after it; mean over seeds.",
              "Method",
              columns,
              shown.stream().map(method -> row(method, metric, slices)).toList()));
    }
    return tables;
  }

  private static Row row(MethodView method, Metric metric, List<String> slices) {
    List<Value> values = new ArrayList<>();
    for (String model : List.of("llm", "dpm")) {
      for (String slice : slices) {
        values.add(change(method, "/%s/%s/".formatted(model, slice), metric));
      }
    }
    return new Row(method.title(), "", method.isReference(), values);
  }

  private static Value change(MethodView method, String at, Metric metric) {
    OptionalDouble before = method.number(at + "before/" + metric.key());
    OptionalDouble after = method.number(at + "after/" + metric.key());
    if (after.isEmpty()) {
      return Value.MISSING;
    }
    String from = before.isPresent() ? Display.score(before.getAsDouble()) + " → " : "";
    return Value.of(from + Display.score(after.getAsDouble()));
  }
}
