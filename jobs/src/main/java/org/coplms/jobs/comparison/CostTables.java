package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.coplms.jobs.comparison.Table.Column;
import org.coplms.jobs.comparison.Table.Row;
import org.coplms.jobs.comparison.Table.Value;
import org.coplms.jobs.report.Display;

/** What the methods cost, and what their generated or shared prompts give away. */
final class CostTables {
  private CostTables() {}

  static Table costs(EntryView entry) {
    List<Row> rows = new ArrayList<>();
    for (MethodView method : entry.methods()) {
      OptionalDouble up = method.number("/bytes_up");
      OptionalDouble down = method.number("/bytes_down");
      OptionalDouble both =
          up.isPresent() && down.isPresent()
              ? OptionalDouble.of(up.getAsDouble() + down.getAsDouble())
              : OptionalDouble.empty();
      rows.add(
          new Row(
              method.title(),
              "",
              method.isReference(),
              List.of(
                  Value.of(up, Display::bytes),
                  Value.of(down, Display::bytes),
                  Value.of(both, Display::bytes),
                  Value.of(method.number("/tokens"), v -> Display.count(Math.round(v))),
                  Value.of(method.number("/seconds"), Display::seconds))));
    }
    return new Table(
        "Bytes, tokens and time",
        "Mean of one run: bytes over all devices and rounds; SLM tokens that took part in a training step, for each device; wall-clock time of co-tuning on the machine below.",
        "Method",
        List.of(
            new Column("Bytes", "up", "edge to server"),
            new Column("Bytes", "down", "server to edge"),
            new Column("Bytes", "both", ""),
            new Column("", "SLM tokens", "for each device"),
            new Column("", "Time", "of co-tuning")),
        rows);
  }

  /** Without rows when no cell was measured. */
  static Table exposure(EntryView entry) {
    List<Row> rows = new ArrayList<>();
    for (MethodView method : entry.methods()) {
      OptionalDouble train = method.number("/exposure/other_train");
      OptionalDouble test = method.number("/exposure/unseen_test");
      if (train.isPresent() && test.isPresent()) {
        double memorised = 100 * (train.getAsDouble() - test.getAsDouble());
        rows.add(
            new Row(
                method.title(),
                "",
                method.isReference(),
                List.of(
                    Value.of(method.number("/exposure/seen"), v -> Display.count(Math.round(v))),
                    Value.of(train, Display::share),
                    Value.of(test, Display::share),
                    Value.of(Display.points(memorised)),
                    Value.of(method.number("/exposure/own_test"), Display::share))));
      }
    }
    return new Table(
        "Prompts of others among those that an SLM was trained on",
        "Generated and shared prompts only, mean over devices and seeds. Test prompts of others can only be met by chance; what the share of their training prompts lies above that was memorised and travelled.",
        "Method",
        List.of(
            new Column("", "Prompts", "distinct, for each device"),
            new Column("Found among them", "others’ training", "of their prompts"),
            new Column("Found among them", "others’ test", "never trained on"),
            new Column("Found among them", "difference", "points: memorised"),
            new Column("Found among them", "own test", "of its prompts")),
        rows);
  }
}
