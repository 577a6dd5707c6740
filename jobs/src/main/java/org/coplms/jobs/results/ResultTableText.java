package org.coplms.jobs.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.store.Direction;
import org.coplms.proxy.metric.Scores;

/** The result table that a run ends with on the terminal. */
final class ResultTableText {
  private static final String COLUMNS = "%-24s %16s %16s %16s";

  private final RunResults results;
  private final String questions;
  private final List<String> lines = new ArrayList<>();

  private ResultTableText(RunResults results, String questions) {
    this.results = results;
    this.questions = questions;
  }

  /**
   * The table's lines.
   *
   * @param questions the split that the SLMs answered
   */
  static List<String> of(RunResults results, String questions) {
    return new ResultTableText(results, questions).build();
  }

  private List<String> build() {
    lines.add("Scores on %s questions, Rouge-L / exact match (0-100)".formatted(questions));
    line("SLM", "before", "tuned alone", "co-tuned");
    SortedMap<Integer, Scores> before = results.byDevice(ModelNames.SLM_BEFORE);
    SortedMap<Integer, Scores> alone = results.byDevice(ModelNames.SLM_ALONE);
    SortedMap<Integer, Scores> cotuned = results.byDevice(ModelNames.SLM_AFTER);
    SortedSet<Integer> devices = new TreeSet<>(before.keySet());
    devices.addAll(cotuned.keySet());
    for (int device : devices) {
      line(
          "device " + device,
          text(Optional.ofNullable(before.get(device))),
          text(Optional.ofNullable(alone.get(device))),
          text(Optional.ofNullable(cotuned.get(device))));
    }
    line(
        "mean over devices",
        text(results.macro(ModelNames.SLM_BEFORE)),
        text(results.macro(ModelNames.SLM_ALONE)),
        text(results.macro(ModelNames.SLM_AFTER)));
    lines.add("");
    line("Server", "LLM before", "LLM after", "DPM");
    server("all domains", results::all);
    if (!results.deviceOnlyDomains().isEmpty()) {
      server("known domains", results::known);
      server("device-only domains", results::deviceOnly);
    }
    lines.add("");
    lines.add(
        "Moved: %,d bytes up, %,d bytes down"
            .formatted(results.bytes(Direction.UP), results.bytes(Direction.DOWN)));
    return lines;
  }

  private void server(String label, Function<String, Optional<Scores>> scores) {
    line(
        label,
        text(scores.apply(ModelNames.LLM_BEFORE)),
        text(scores.apply(ModelNames.LLM_AFTER)),
        text(scores.apply(ModelNames.DPM)));
  }

  private void line(String label, String first, String second, String third) {
    lines.add(COLUMNS.formatted(label, first, second, third));
  }

  private static String text(Optional<Scores> scores) {
    return scores
        .map(s -> String.format(Locale.ROOT, "%.1f / %.1f", s.rougeL(), s.exactMatch()))
        .orElse("-");
  }
}
