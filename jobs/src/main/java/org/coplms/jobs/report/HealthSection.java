package org.coplms.jobs.report;

import static java.util.Comparator.comparingInt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import org.coplms.proxy.cotune.Metrics;

/**
 * Whether the distillation on the devices did something: magnitudes, alignment, mapped mass.
 *
 * @param columns headings, with what they mean
 * @param remarks what a reader should look into; empty when nothing stands out
 */
public record HealthSection(List<Column> columns, List<Row> rows, List<String> remarks) {
  private static final double SMALL_RATIO = 0.01;
  private static final double LOW_SHARE = 0.5;
  private static final String CE = "saml/slm-ce";
  private static final String KL = "saml/kl-dpm-to-slm";
  private static final String GRADIENT = "saml/kd-gradient-norm-slm";
  private static final String COVERAGE = "alignment/coverage";
  private static final String MASS_TO_SLM = "alignment/mapped-mass-to-slm";
  private static final String MASS_TO_DPM = "alignment/mapped-mass-to-dpm";
  private static final SortedMap<String, String> SHARES =
      new TreeMap<>(
          Map.of(
              COVERAGE, "of the response bytes align",
              MASS_TO_SLM, "of the DPM's top-K probability has a counterpart in the SLM",
              MASS_TO_DPM, "of the SLM's top-K probability has a counterpart in the DPM"));
  private static final List<Kind> KINDS =
      List.of(
          new Kind(CE, "CE, SLM", "nats per token", Display::significant, false),
          new Kind(KL, "KL, SLM", "learns from DPM", Display::significant, false),
          new Kind("saml/dpm-ce", "CE, DPM", "nats per token", Display::significant, false),
          new Kind("saml/kl-slm-to-dpm", "KL, DPM", "learns from SLM", Display::significant, false),
          new Kind(GRADIENT, "KL gradient, SLM", "norm", Display::significant, false),
          new Kind(
              "saml/ce-gradient-norm-slm", "CE gradient, SLM", "norm", Display::significant, false),
          new Kind(
              "saml/kd-gradient-norm-dpm", "KL gradient, DPM", "norm", Display::significant, false),
          new Kind(
              "saml/ce-gradient-norm-dpm", "CE gradient, DPM", "norm", Display::significant, false),
          new Kind(COVERAGE, "Aligned", "response bytes", Display::share, false),
          new Kind("alignment/compared-slm", "Compared", "SLM's tokens", Display::share, false),
          new Kind("alignment/groups", "Groups", "per example", Display::score, false),
          new Kind("alignment/one-to-one", "One to one", "of groups", Display::share, false),
          new Kind(MASS_TO_SLM, "Mass → SLM", "DPM's top-K", Display::share, false),
          new Kind(MASS_TO_DPM, "Mass → DPM", "SLM's top-K", Display::share, false),
          new Kind(
              "rehearsal/local-kept",
              "Pairs kept",
              "with adapter, all rounds",
              HealthSection::count,
              true),
          new Kind(
              "rehearsal/global-kept",
              "Pairs kept",
              "without adapter, all rounds",
              HealthSection::count,
              true),
          new Kind("data/skipped-examples", "Skipped", "examples", HealthSection::count, false));

  /** A heading and its explanation. */
  public record Column(String label, String explanation) {}

  /** One device. */
  public record Row(String label, List<String> cells) {}

  private record Kind(
      String key, String label, String explanation, DoubleFunction<String> format, boolean summed) {
    OptionalDouble value(List<Metrics.Row> metrics, int device) {
      List<Metrics.Row> own =
          metrics.stream()
              .filter(row -> row.device() == device && CurveCatalog.key(row).equals(key))
              .toList();
      if (own.isEmpty()) {
        return OptionalDouble.empty();
      }
      return summed
          ? OptionalDouble.of(own.stream().mapToDouble(Metrics.Row::value).sum())
          : own.stream().max(comparingInt(Metrics.Row::round)).stream()
              .mapToDouble(Metrics.Row::value)
              .findFirst();
    }
  }

  static HealthSection of(List<Metrics.Row> metrics) {
    List<Kind> present =
        KINDS.stream()
            .filter(
                kind -> metrics.stream().anyMatch(row -> CurveCatalog.key(row).equals(kind.key())))
            .toList();
    List<Row> rows = new ArrayList<>();
    List<String> remarks = new ArrayList<>(notFinite(metrics));
    int[] devices =
        metrics.stream()
            .filter(
                row -> present.stream().anyMatch(kind -> kind.key().equals(CurveCatalog.key(row))))
            .mapToInt(Metrics.Row::device)
            .distinct()
            .sorted()
            .toArray();
    for (int device : devices) {
      List<String> cells = new ArrayList<>();
      for (Kind kind : present) {
        OptionalDouble value = kind.value(metrics, device);
        cells.add(value.isPresent() ? kind.format().apply(value.getAsDouble()) : Display.MISSING);
      }
      rows.add(new Row(Display.device(device), List.copyOf(cells)));
      remarks.addAll(remarks(metrics, device));
    }
    return new HealthSection(
        present.stream().map(kind -> new Column(kind.label(), kind.explanation())).toList(),
        List.copyOf(rows),
        List.copyOf(remarks));
  }

  private static String count(double value) {
    return Double.isFinite(value) ? Display.count(Math.round(value)) : Display.score(value);
  }

  private static List<String> notFinite(List<Metrics.Row> metrics) {
    return metrics.stream()
        .filter(row -> !Double.isFinite(row.value()))
        .map(
            row ->
                "%s, round %d: %s is not finite."
                    .formatted(Display.device(row.device()), row.round(), CurveCatalog.key(row)))
        .toList();
  }

  private static List<String> remarks(List<Metrics.Row> metrics, int device) {
    List<String> remarks = new ArrayList<>();
    String who = Display.device(device);
    OptionalDouble ce = last(metrics, CE, device);
    OptionalDouble kl = last(metrics, KL, device);
    if (ce.isPresent() && kl.isPresent() && kl.getAsDouble() < SMALL_RATIO * ce.getAsDouble()) {
      remarks.add(
          "%s: the KL (%s) is more than 100 times smaller than the CE (%s); its weight does little."
              .formatted(
                  who,
                  Display.significant(kl.getAsDouble()),
                  Display.significant(ce.getAsDouble())));
    }
    last(metrics, GRADIENT, device).stream()
        .filter(norm -> norm == 0)
        .forEach(norm -> remarks.add(who + ": the KL's gradient is zero; nothing is distilled."));
    SHARES.forEach(
        (key, whole) ->
            last(metrics, key, device).stream()
                .filter(share -> share < LOW_SHARE)
                .forEach(
                    share ->
                        remarks.add(
                            "%s: only %s %s.".formatted(who, Display.share(share), whole))));
    return remarks;
  }

  private static OptionalDouble last(List<Metrics.Row> metrics, String key, int device) {
    return KINDS.stream()
        .filter(kind -> kind.key().equals(key))
        .findFirst()
        .orElseThrow()
        .value(metrics, device);
  }
}
