package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.coplms.jobs.comparison.Table.Column;
import org.coplms.jobs.comparison.Table.Row;
import org.coplms.jobs.comparison.Table.Value;
import org.coplms.jobs.report.Display;

/** Methods by metric: the mean with its interval, and the reference's gain over it. */
final class ScoreTable {
  private final EntryView entry;

  /** Below what of a method's tree the scores lie; empty or {@code /unexposed}. */
  private final String at;

  private ScoreTable(EntryView entry, String at) {
    this.entry = entry;
    this.at = at;
  }

  /** All methods of one kind; the reference stands above controls and ablations. */
  static Table of(EntryView entry, String title, String note, MethodInfo.Kind kind) {
    List<MethodView> shown = new ArrayList<>(entry.methods(kind));
    if (!shown.isEmpty() && !shown.contains(entry.reference())) {
      shown.add(0, entry.reference());
    }
    return new ScoreTable(entry, "").table(title, note, shown);
  }

  /** Scores on the questions to whose prompts the SLM was not exposed. */
  static Table unexposed(EntryView entry, String title, String note) {
    List<MethodView> shown =
        entry.methods().stream().filter(method -> method.has("/unexposed/rougeL")).toList();
    return new ScoreTable(entry, "/unexposed").table(title, note, shown);
  }

  private Table table(String title, String note, List<MethodView> methods) {
    List<Column> columns = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      columns.add(new Column(metric.title(), "score", "95 % interval"));
      if (at.isEmpty()) {
        columns.add(new Column(metric.title(), "sd", "over seeds"));
      }
      columns.add(
          new Column(metric.title(), "gain", "of " + entry.reference().title() + ", points"));
      columns.add(new Column(metric.title(), "relative", "gain"));
      columns.add(new Column(metric.title(), "p", "Holm"));
    }
    columns.add(new Column("", "Questions", "seeds"));
    return new Table(title, note, "Method", columns, methods.stream().map(this::row).toList());
  }

  private Row row(MethodView method) {
    List<Value> values = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      values.add(score(method, metric));
      if (at.isEmpty()) {
        values.add(Value.of(method.number("/" + metric.key() + "_sd"), Display::score));
      }
      String versus = "%s/versus/%s/".formatted(at, metric.key());
      values.add(gain(method, versus));
      values.add(Value.of(method.number(versus + "relative"), v -> Display.points(100 * v) + " %"));
      values.add(Value.of(method.number(versus + "holm"), Display::pValue));
    }
    values.add(questions(method));
    return new Row(method.title(), "", method.isReference(), values);
  }

  private Value score(MethodView method, Metric metric) {
    OptionalDouble score = method.number(at + "/" + metric.key());
    if (score.isEmpty()) {
      return Value.MISSING;
    }
    String interval = "%s/%s_interval/".formatted(at, metric.key());
    return new Value(
        Display.score(score.getAsDouble()),
        Display.interval(
            method.number(interval + 0).orElse(Double.NaN),
            method.number(interval + 1).orElse(Double.NaN)),
        "");
  }

  static Value gain(MethodView method, String versus) {
    OptionalDouble gain = method.number(versus + "gain");
    return gain.isEmpty()
        ? Value.MISSING
        : Value.difference(
            gain.getAsDouble(),
            Display.interval(
                method.number(versus + "low").orElse(Double.NaN),
                method.number(versus + "high").orElse(Double.NaN)));
  }

  private Value questions(MethodView method) {
    int all = entry.seeds().size();
    OptionalDouble examples = method.number(at + "/examples");
    if (examples.isEmpty()) {
      return new Value(Display.MISSING, "not run yet", "");
    }
    long seeds = Math.round(method.number(at + "/seeds").orElse(0));
    String of = seeds == all ? Long.toString(seeds) : seeds + " of " + all;
    return new Value(
        Display.count(Math.round(examples.getAsDouble())),
        of + (all == 1 ? " seed" : " seeds"),
        "");
  }
}
