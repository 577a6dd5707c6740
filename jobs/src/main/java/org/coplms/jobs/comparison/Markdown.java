package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.coplms.jobs.comparison.Sections.Section;

/** One benchmark's part of {@code results.md}. */
final class Markdown {
  private final List<String> lines = new ArrayList<>();

  private Markdown() {}

  static List<String> of(String benchmark, EntryView entry) {
    Markdown markdown = new Markdown();
    markdown.benchmark(benchmark, entry);
    return markdown.lines;
  }

  private void benchmark(String benchmark, EntryView entry) {
    paragraph("## " + benchmark);
    bullets(Headline.sentences(entry));
    section(Sections.results(entry));
    entry
        .untuned()
        .ifPresent(
            untuned ->
                paragraph(
                    "The SLMs before any tuning: Rouge-L and exact match %s."
                        .formatted(Headline.both(untuned))));
    bullets(Headline.notes(entry));
    Sections.details(entry).forEach(this::section);
    paragraph("### Provenance");
    bullets(provenance(entry));
  }

  private static List<String> provenance(EntryView entry) {
    List<String> facts = new ArrayList<>();
    facts.add("Command: `%s`".formatted(entry.about("command")));
    facts.add("Seeds: " + String.join(", ", entry.seeds()));
    facts.add("Machine: " + text(entry.about("machine")));
    facts.add("Date: " + text(entry.about("date")));
    facts.add(
        "Versions: "
            + entry.versions().entrySet().stream()
                .map(version -> text(version.getKey() + " " + version.getValue()))
                .collect(Collectors.joining(", ")));
    return facts;
  }

  private void section(Section section) {
    if (section.tables().isEmpty()) {
      if (!section.empty().isEmpty()) {
        paragraph("### " + section.title());
        paragraph(section.empty());
      }
      return;
    }
    paragraph("### " + section.title());
    section.tables().forEach(this::table);
  }

  private void table(Table table) {
    paragraph("**%s.** %s".formatted(text(table.title()), text(table.note())));
    List<String> heading = new ArrayList<>(List.of(table.rowTitle()));
    table.columns().forEach(column -> heading.add(column.full()));
    row(heading);
    lines.add("|" + "---|" + "---:|".repeat(table.columns().size()));
    for (Table.Row row : table.rows()) {
      List<String> cells = new ArrayList<>();
      cells.add(row.strong() ? "**" + text(row.label()) + "**" : text(row.label()));
      row.values()
          .forEach(
              value ->
                  cells.add(
                      value.small().isEmpty()
                          ? text(value.text())
                          : text(value.text()) + " (" + text(value.small()) + ")"));
      lines.add("| " + String.join(" | ", cells) + " |");
    }
    lines.add("");
  }

  private void row(List<String> cells) {
    lines.add("| " + cells.stream().map(Markdown::text).collect(Collectors.joining(" | ")) + " |");
  }

  private void bullets(List<String> texts) {
    texts.forEach(text -> lines.add("- " + text));
    if (!texts.isEmpty()) {
      lines.add("");
    }
  }

  private void paragraph(String text) {
    lines.add(text.stripTrailing());
    lines.add("");
  }

  /** Keeps a value from ending its cell or its line. */
  private static String text(String value) {
    return value.replace("|", "\\|").replace("\n", " ");
  }
}
