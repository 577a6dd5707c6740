package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.coplms.jobs.report.Display;

/** What a hurried reader takes away, and what to keep in mind with it. */
final class Headline {
  /** One figure in large type. */
  public record Tile(String label, String value, String remark) {}

  private Headline() {}

  /** The reference's margin over the best other federated method, one sentence a metric. */
  static List<String> sentences(EntryView entry) {
    List<String> sentences = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      margin(entry, metric).ifPresent(sentences::add);
    }
    between(entry).ifPresent(sentences::add);
    return sentences;
  }

  static List<Tile> tiles(EntryView entry) {
    List<Tile> tiles = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      OptionalDouble score = entry.reference().number("/" + metric.key());
      Optional<MethodView> other = entry.bestOtherFederated(metric);
      String versus = "/versus/" + metric.key() + "/";
      if (score.isPresent() && other.flatMap(o -> gain(o, metric)).isPresent()) {
        tiles.add(
            new Tile(
                "%s, margin in points".formatted(metric.title()),
                Display.finePoints(gain(other.get(), metric).get()),
                "%s against %s of %s, the best other federated method; p %s"
                    .formatted(
                        Display.score(score.getAsDouble()),
                        Display.score(other.get().number("/" + metric.key()).orElse(Double.NaN)),
                        other.get().title(),
                        Display.pValue(other.get().number(versus + "holm").orElse(1)))));
      }
    }
    return tiles;
  }

  /** How the figures came about and what they do not cover. */
  static List<String> notes(EntryView entry) {
    return List.of(
        "Scores are 0–100: the mean over a device’s %s questions, then over devices, then over seeds. A gain is %s less the method of the row, over the seeds and questions that both have."
            .formatted(entry.questions(), entry.reference().title()),
        "Intervals are 95 %% percentile intervals of %s paired bootstrap resamples, drawn within each seed, device and domain; p values are two-sided and corrected by Holm over every comparison of a metric (%d, controls and ablations among them)."
            .formatted(Display.count(Judge.RESAMPLES), entry.comparisons()),
        "The bootstrap redraws questions, not training: an interval does not cover how a method varies from one training to the next. For that see the standard deviation over seeds and the scores by seed.",
        "Standalone (nothing is exchanged) and Centralized (all data pooled) show what federation is between; they are no federated methods. Rehearsal on generated pairs is this project’s extension of Co-PLMs and not part of the paper.");
  }

  private static Optional<String> margin(EntryView entry, Metric metric) {
    Optional<MethodView> other = entry.bestOtherFederated(metric);
    Optional<Double> gain = other.flatMap(o -> gain(o, metric));
    if (gain.isEmpty()) {
      return Optional.empty();
    }
    String versus = "/versus/" + metric.key() + "/";
    return Optional.of(
        "%s: %s is %s points %s %s, the best other federated method (95 %% interval %s; p %s)."
            .formatted(
                metric.title(),
                entry.reference().title(),
                Display.finePoints(Math.abs(gain.get())).replace("+", ""),
                gain.get() < 0 ? "below" : "above",
                other.get().title(),
                ScoreTable.gain(other.get(), versus).small(),
                Display.pValue(other.get().number(versus + "holm").orElse(1))));
  }

  private static Optional<Double> gain(MethodView method, Metric metric) {
    return method.number("/versus/" + metric.key() + "/gain").stream().boxed().findFirst();
  }

  /** Where the reference lies between the bounds. */
  private static Optional<String> between(EntryView entry) {
    List<String> parts = new ArrayList<>();
    for (String name : List.of("standalone", "centralized")) {
      entry
          .method(name)
          .filter(MethodView::isPresent)
          .ifPresent(bound -> parts.add("%s %s".formatted(bound.title(), both(bound))));
    }
    return parts.isEmpty() || !entry.reference().isPresent()
        ? Optional.empty()
        : Optional.of(
            "Rouge-L and exact match: %s %s; %s."
                .formatted(
                    entry.reference().title(), both(entry.reference()), String.join("; ", parts)));
  }

  static String both(MethodView method) {
    return "%s and %s"
        .formatted(
            Display.score(method.number("/rougeL").orElse(Double.NaN)),
            Display.score(method.number("/exactMatch").orElse(Double.NaN)));
  }
}
