package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import org.coplms.jobs.report.Display;

/** The result table that a comparison ends with on the terminal. */
final class TerminalTable {
  private static final String COLUMNS = "%-40s %22s %24s %22s %24s %7s";

  private TerminalTable() {}

  static List<String> of(EntryView entry) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Scores on %s questions (0-100) with 95 %% intervals; gain of %s"
            .formatted(entry.questions(), entry.reference().title()));
    lines.add(COLUMNS.formatted("", "Rouge-L", "gain, p", "exact match", "gain, p", "seeds"));
    for (MethodInfo.Kind kind : MethodInfo.Kind.values()) {
      for (MethodView method : entry.methods(kind)) {
        lines.add(row(entry, method));
      }
    }
    lines.add("");
    lines.addAll(Headline.sentences(entry));
    return lines;
  }

  private static String row(EntryView entry, MethodView method) {
    List<Object> cells = new ArrayList<>(List.of(method.title()));
    for (Metric metric : Metric.values()) {
      cells.add(score(method, metric));
      cells.add(gain(method, metric));
    }
    int seeds = (int) method.number("/seeds").orElse(0);
    cells.add("%d/%d".formatted(seeds, entry.seeds().size()));
    return COLUMNS.formatted(cells.toArray()).stripTrailing();
  }

  private static String score(MethodView method, Metric metric) {
    if (!method.isPresent()) {
      return Display.MISSING;
    }
    String interval = "/" + metric.key() + "_interval/";
    return "%s [%s, %s]"
        .formatted(
            Display.score(method.number("/" + metric.key()).orElse(Double.NaN)),
            Display.score(method.number(interval + 0).orElse(Double.NaN)),
            Display.score(method.number(interval + 1).orElse(Double.NaN)));
  }

  private static String gain(MethodView method, Metric metric) {
    String versus = "/versus/" + metric.key() + "/";
    if (!method.has(versus + "gain")) {
      return "";
    }
    return "%s [%s, %s] %s"
        .formatted(
            Display.points(method.number(versus + "gain").orElse(Double.NaN)),
            Display.score(method.number(versus + "low").orElse(Double.NaN)),
            Display.score(method.number(versus + "high").orElse(Double.NaN)),
            Display.pValue(method.number(versus + "holm").orElse(Double.NaN)).replace("< ", "<"));
  }
}
