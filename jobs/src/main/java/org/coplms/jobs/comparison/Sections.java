package org.coplms.jobs.comparison;

import java.util.List;

/** The tables in their order, under headings; the page and the document show the same. */
final class Sections {
  /**
   * Tables under one heading.
   *
   * @param id anchor
   * @param side whether the tables are narrow enough to stand side by side
   * @param empty what to say while there is nothing to show
   */
  public record Section(String id, String title, boolean side, List<Table> tables, String empty) {
    public Section {
      tables = tables.stream().filter(table -> !table.rows().isEmpty()).toList();
    }
  }

  private Sections() {}

  static Section results(EntryView entry) {
    String reference = entry.reference().title();
    return new Section(
        "results",
        "Results",
        false,
        List.of(
            ScoreTable.of(
                entry,
                "Methods",
                "Gain: %s less the method of the row.".formatted(reference),
                MethodInfo.Kind.METHOD),
            ScoreTable.of(
                entry,
                "Controls",
                "Methods that are given the pairs that our models generate: what remains of the gain is not due to the pairs alone.",
                MethodInfo.Kind.CONTROL),
            ScoreTable.of(
                entry,
                "Ablations",
                "%s with one part changed: a gain says that the part as it is does better than the change."
                    .formatted(reference),
                MethodInfo.Kind.ABLATION)),
        "No cell of the comparison has finished yet.");
  }

  static List<Section> details(EntryView entry) {
    DetailTables details = new DetailTables(entry);
    return List.of(
        new Section("seeds", "Seeds", true, details.bySeed(), ""),
        new Section("devices", "Devices", true, details.byDevice(), ""),
        new Section("domains", "Domains", false, details.byDomain(), ""),
        new Section(
            "server",
            "LLM and DPM",
            false,
            ServerTables.of(entry),
            "No method has a server model."),
        new Section("costs", "Costs", false, List.of(CostTables.costs(entry)), ""),
        new Section(
            "exposure",
            "Memorised and exposed prompts",
            false,
            List.of(
                CostTables.exposure(entry),
                ScoreTable.unexposed(
                    entry,
                    "Scores without exposed prompts",
                    "Each method without the questions whose prompts its SLM had been trained on; the gain is over questions to which neither was exposed.")),
            "Exposure was not measured."));
  }
}
