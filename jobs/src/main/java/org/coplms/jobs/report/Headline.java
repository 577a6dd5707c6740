package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.coplms.jobs.report.ResultsSection.Triple;
import org.coplms.proxy.metric.Scores;

/** What a hurried reader takes away: a sentence and up to four figures. */
final class Headline {
  /** One figure in large type. */
  public record Tile(String label, String value, String remark) {}

  private Headline() {}

  /** Co-tuned against tuned alone in one sentence, or empty while either is missing. */
  static String of(List<ResultTable.Device> devices) {
    Triple rougeL = Triple.macroMean(devices, Scores::rougeL);
    Triple exactMatch = Triple.macroMean(devices, Scores::exactMatch);
    if (isMissing(rougeL.alone(), rougeL.cotuned(), exactMatch.alone(), exactMatch.cotuned())) {
      return "";
    }
    return "Averaged over %d %s, the co-tuned SLMs reach Rouge-L %s and exact match %s: %s and %s points against the same SLMs tuned alone."
        .formatted(
            devices.size(),
            devices.size() == 1 ? "device" : "devices",
            Display.score(rougeL.cotuned().getAsDouble()),
            Display.score(exactMatch.cotuned().getAsDouble()),
            Display.points(rougeL.cotuned().getAsDouble() - rougeL.alone().getAsDouble()),
            Display.points(exactMatch.cotuned().getAsDouble() - exactMatch.alone().getAsDouble()));
  }

  static List<Tile> tiles(ReportData data) {
    List<Tile> tiles = new ArrayList<>();
    slm("SLMs, Rouge-L", data.results().devices(), Scores::rougeL).ifPresent(tiles::add);
    slm("SLMs, exact match", data.results().devices(), Scores::exactMatch).ifPresent(tiles::add);
    data.results().servers().stream()
        .filter(server -> server.model().equals("LLM"))
        .filter(server -> server.slice() == ResultTable.Slice.DEVICE_ONLY)
        .filter(server -> server.before().isPresent() && server.after().isPresent())
        .findFirst()
        .map(Headline::llm)
        .ifPresent(tiles::add);
    TrafficSection.tile(data.traffic()).ifPresent(tiles::add);
    return List.copyOf(tiles);
  }

  private static Optional<Tile> slm(
      String label, List<ResultTable.Device> devices, ToDoubleFunction<Scores> metric) {
    Triple mean = Triple.macroMean(devices, metric);
    if (isMissing(mean.alone(), mean.cotuned())) {
      return Optional.empty();
    }
    double cotuned = mean.cotuned().getAsDouble();
    double gain = cotuned - mean.alone().getAsDouble();
    return Optional.of(
        new Tile(
            label, Display.score(cotuned), Display.points(gain) + " points against tuned alone"));
  }

  private static Tile llm(ResultTable.Server server) {
    return new Tile(
        "LLM, exact match, device-only",
        Display.score(server.after().orElseThrow().exactMatch()),
        "was " + Display.score(server.before().orElseThrow().exactMatch()) + " before the rounds");
  }

  private static boolean isMissing(OptionalDouble... values) {
    return List.of(values).stream().anyMatch(OptionalDouble::isEmpty);
  }
}
