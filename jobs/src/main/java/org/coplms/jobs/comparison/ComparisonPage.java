package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import org.coplms.jobs.report.LineChart;
import org.coplms.jobs.report.ReportWriter;
import org.coplms.jobs.report.ScatterChart;

/** What the comparison's template reads: texts and geometry, nothing left to compute. */
public record ComparisonPage(
    String title,
    List<String> facts,
    List<Headline.Tile> tiles,
    List<String> headline,
    Sections.Section results,
    List<String> notes,
    List<ScatterChart> bytes,
    List<LineChart> rounds,
    List<LineChart> ablations,
    List<Sections.Section> details,
    String command,
    List<Fact> provenance) {
  /** A name and what it is. */
  public record Fact(String name, String value) {}

  static String render(EntryView entry) {
    return ReportWriter.render("comparison.ftlh", of(entry));
  }

  private static ComparisonPage of(EntryView entry) {
    Plots plots = new Plots(entry);
    return new ComparisonPage(
        "%s against other methods: %s"
            .formatted(entry.reference().title(), entry.about("benchmark")),
        facts(entry),
        Headline.tiles(entry),
        Headline.sentences(entry),
        Sections.results(entry),
        notes(entry),
        plots.againstBytes(),
        plots.againstRounds(),
        plots.ablationsAgainstRounds(),
        entry.isEmpty() ? List.of() : Sections.details(entry),
        entry.about("command"),
        provenance(entry));
  }

  private static List<String> facts(EntryView entry) {
    long done = entry.methods().stream().filter(MethodView::isPresent).count();
    List<String> facts = new ArrayList<>();
    facts.add(entry.about("date"));
    facts.add("%d of %d methods".formatted(done, entry.methods().size()));
    if (!entry.seeds().isEmpty()) {
      facts.add("seeds " + String.join(", ", entry.seeds()));
    }
    return facts;
  }

  private static List<String> notes(EntryView entry) {
    List<String> notes = new ArrayList<>(Headline.notes(entry));
    entry
        .untuned()
        .ifPresent(
            untuned ->
                notes.add(
                    "The SLMs before any tuning: Rouge-L and exact match %s."
                        .formatted(Headline.both(untuned))));
    return notes;
  }

  private static List<Fact> provenance(EntryView entry) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("machine", entry.about("machine")));
    facts.add(new Fact("date", entry.about("date")));
    facts.add(new Fact("seeds", String.join(", ", entry.seeds())));
    entry.versions().forEach((name, version) -> facts.add(new Fact(name, version)));
    return facts;
  }
}
