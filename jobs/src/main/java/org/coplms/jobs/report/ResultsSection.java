package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.coplms.proxy.metric.Scores;

/**
 * Scores: one row per device and their means, the server models, and both as dot plots.
 *
 * @param headline one sentence; empty while the scores for it are missing
 */
public record ResultsSection(
    String headline, List<Row> rows, List<DotPlot> plots, List<ServerRow> servers) {
  /** One device, or a mean. */
  public record Row(
      String label, String model, boolean mean, Cells rougeL, Cells exactMatch, String examples) {}

  /** One metric of a row; the gain is co-tuned less tuned alone. */
  public record Cells(String before, String alone, String cotuned, Gain gain) {}

  /** A difference in points and in per cent; {@code trend} is up, down or even. */
  public record Gain(String points, String relative, String trend) {}

  /** A server model on one slice of the test questions. */
  public record ServerRow(
      String model, String slice, Change rougeL, Change exactMatch, String examples) {}

  /** Before and after the rounds. */
  public record Change(String before, String after, Gain gain) {}

  /** The three states of an SLM for one metric, as far as known. */
  record Triple(OptionalDouble before, OptionalDouble alone, OptionalDouble cotuned) {
    static Triple of(ResultTable.Device device, ToDoubleFunction<Scores> metric) {
      return new Triple(
          value(device.before(), metric),
          value(device.alone(), metric),
          value(device.cotuned(), metric));
    }

    /** Mean over devices; a state that some device lacks has none. */
    static Triple macroMean(List<ResultTable.Device> devices, ToDoubleFunction<Scores> metric) {
      return mean(devices, Scores::macro, metric);
    }

    /** Mean over questions. */
    static Triple microMean(List<ResultTable.Device> devices, ToDoubleFunction<Scores> metric) {
      return mean(devices, Scores::micro, metric);
    }

    private static Triple mean(
        List<ResultTable.Device> devices,
        Function<List<Scores>, Scores> mean,
        ToDoubleFunction<Scores> metric) {
      return new Triple(
          value(stateMean(devices, ResultTable.Device::before, mean), metric),
          value(stateMean(devices, ResultTable.Device::alone, mean), metric),
          value(stateMean(devices, ResultTable.Device::cotuned, mean), metric));
    }

    private static Optional<Scores> stateMean(
        List<ResultTable.Device> devices,
        Function<ResultTable.Device, Optional<Scores>> state,
        Function<List<Scores>, Scores> mean) {
      List<Scores> scores = devices.stream().map(state).flatMap(Optional::stream).toList();
      return scores.size() < devices.size()
          ? Optional.empty()
          : Optional.of(mean.apply(scores)).filter(means -> means.examples() > 0);
    }

    Cells cells() {
      return new Cells(text(before), text(alone), text(cotuned), gain(alone, cotuned));
    }
  }

  static ResultsSection of(ResultTable results) {
    List<ResultTable.Device> devices = results.devices();
    List<Row> rows = new ArrayList<>();
    for (ResultTable.Device device : devices) {
      rows.add(
          new Row(
              Display.device(device.device()),
              device.model(),
              false,
              Triple.of(device, Scores::rougeL).cells(),
              Triple.of(device, Scores::exactMatch).cells(),
              examples(device)));
    }
    if (!devices.isEmpty()) {
      rows.add(
          new Row(
              "Mean over devices",
              "",
              true,
              Triple.macroMean(devices, Scores::rougeL).cells(),
              Triple.macroMean(devices, Scores::exactMatch).cells(),
              ""));
      rows.add(
          new Row(
              "Mean over questions",
              "",
              true,
              Triple.microMean(devices, Scores::rougeL).cells(),
              Triple.microMean(devices, Scores::exactMatch).cells(),
              ""));
    }
    return new ResultsSection(
        Headline.of(devices), List.copyOf(rows), plots(devices), servers(results.servers()));
  }

  private static List<ServerRow> servers(List<ResultTable.Server> servers) {
    return servers.stream()
        .map(
            server ->
                new ServerRow(
                    server.model(),
                    server.slice().label(),
                    change(server, Scores::rougeL),
                    change(server, Scores::exactMatch),
                    server
                        .after()
                        .or(server::before)
                        .map(scores -> Display.count(scores.examples()))
                        .orElse(Display.MISSING)))
        .toList();
  }

  private static Change change(ResultTable.Server server, ToDoubleFunction<Scores> metric) {
    OptionalDouble before = value(server.before(), metric);
    OptionalDouble after = value(server.after(), metric);
    return new Change(text(before), text(after), gain(before, after));
  }

  private static List<DotPlot> plots(List<ResultTable.Device> devices) {
    return devices.isEmpty()
        ? List.of()
        : List.of(
            plot("Rouge-L by device", devices, Scores::rougeL),
            plot("Exact match by device", devices, Scores::exactMatch));
  }

  private static DotPlot plot(
      String title, List<ResultTable.Device> devices, ToDoubleFunction<Scores> metric) {
    Axis axis = Axis.linear(0, 100, 5);
    List<DotPlot.Row> rows = new ArrayList<>();
    for (ResultTable.Device device : devices) {
      String label = Display.device(device.device());
      rows.add(DotPlot.Row.of(label, false, "", dots(label, Triple.of(device, metric), axis)));
    }
    String mean = "Mean";
    rows.add(DotPlot.Row.of(mean, true, "", dots(mean, Triple.macroMean(devices, metric), axis)));
    return new DotPlot(
        title,
        "score on the device’s own questions, 0–100",
        DotPlot.ticks(axis, value -> Long.toString(Math.round(value))),
        List.of(
            new DotPlot.Key("before", "before tuning"),
            new DotPlot.Key("alone", "tuned alone"),
            new DotPlot.Key("cotuned", "co-tuned")),
        rows);
  }

  private static List<DotPlot.Dot> dots(String label, Triple values, Axis axis) {
    List<DotPlot.Dot> dots = new ArrayList<>();
    addDot(dots, label + ", before tuning", "before", values.before(), axis);
    addDot(dots, label + ", tuned alone", "alone", values.alone(), axis);
    addDot(dots, label + ", co-tuned", "cotuned", values.cotuned(), axis);
    return dots;
  }

  private static void addDot(
      List<DotPlot.Dot> dots, String label, String kind, OptionalDouble value, Axis axis) {
    if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
      double score = value.getAsDouble();
      dots.add(
          new DotPlot.Dot(DotPlot.percent(axis, score), kind, label + ": " + Display.score(score)));
    }
  }

  private static String examples(ResultTable.Device device) {
    return device
        .cotuned()
        .or(device::alone)
        .or(device::before)
        .map(scores -> Display.count(scores.examples()))
        .orElse(Display.MISSING);
  }

  private static OptionalDouble value(Optional<Scores> scores, ToDoubleFunction<Scores> metric) {
    return scores.stream().mapToDouble(metric).findFirst();
  }

  private static String text(OptionalDouble value) {
    return value.isPresent() ? Display.score(value.getAsDouble()) : Display.MISSING;
  }

  private static Gain gain(OptionalDouble base, OptionalDouble reached) {
    if (base.isEmpty() || reached.isEmpty()) {
      return new Gain(Display.MISSING, "", "even");
    }
    double difference = reached.getAsDouble() - base.getAsDouble();
    String points = Display.points(difference);
    return new Gain(points, Display.relative(difference, base.getAsDouble()), trend(points));
  }

  private static String trend(String points) {
    return points.startsWith("+") ? "up" : points.startsWith("−") ? "down" : "even";
  }
}
