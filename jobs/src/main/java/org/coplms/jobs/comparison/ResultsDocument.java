package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** {@code docs/results.json} and the document that is rendered wholly from it. */
public final class ResultsDocument {
  private ResultsDocument() {}

  /**
   * A copy of {@code existing} in which a benchmark has a new entry; the others stay as they are.
   *
   * @param existing {@code results.json}, or an empty object
   * @param entry see {@link Comparison#resultsEntry}
   */
  public static ObjectNode merge(ObjectNode existing, String benchmark, ObjectNode entry) {
    ObjectNode merged = existing.deepCopy();
    merged.set(benchmark, entry.deepCopy());
    return merged;
  }

  /** {@code results.md}: a part for each benchmark. */
  public static String markdown(ObjectNode all) {
    List<String> lines = new ArrayList<>();
    lines.add("# Results");
    lines.add("");
    lines.add(
        "Written by `./coplms compare` from `results.json`; not by hand. Scores are 0–100, intervals in parentheses.");
    lines.add("");
    all.fields()
        .forEachRemaining(
            benchmark ->
                lines.addAll(Markdown.of(benchmark.getKey(), new EntryView(benchmark.getValue()))));
    return String.join("\n", lines).stripTrailing() + "\n";
  }
}
