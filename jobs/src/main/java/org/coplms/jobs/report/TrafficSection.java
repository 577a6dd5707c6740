package org.coplms.jobs.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;
import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.coplms.jobs.report.Traffic.Alternative;
import org.coplms.jobs.store.Crossing;
import org.coplms.jobs.store.Direction;

/**
 * Bytes between edge and server.
 *
 * @param tensors names of everything that travelled
 */
public record TrafficSection(
    List<RoundRow> rounds,
    RoundRow total,
    List<Comparison> comparisons,
    List<DotPlot> plots,
    List<LineChart> charts,
    List<String> tensors) {
  private static final LineChart.Scale BYTES =
      new LineChart.Scale("bytes", true, Display::bytes, Display::tickBytes);
  private static final String THIS_RUN = "DPM's shared LoRA (this run)";

  /** One round, or all of them. */
  public record RoundRow(String round, String up, String down, String both, String transfers) {}

  /** One way of exchanging knowledge; {@code factor} compares it with this run. */
  public record Comparison(
      String name, boolean isThisRun, String up, String down, String both, String factor) {}

  static TrafficSection of(Traffic traffic) {
    Map<Integer, List<Crossing>> byRound =
        traffic.ledger().stream().collect(groupingBy(Crossing::round, TreeMap::new, toList()));
    List<RoundRow> rounds = new ArrayList<>();
    byRound.forEach((round, rows) -> rounds.add(row(Integer.toString(round), rows)));
    SortedSet<String> tensors = new TreeSet<>();
    traffic.ledger().forEach(row -> tensors.addAll(row.tensors()));
    return new TrafficSection(
        List.copyOf(rounds),
        row("All rounds", traffic.ledger()),
        comparisons(traffic, byRound.size()),
        plots(traffic, byRound.size()),
        charts(traffic),
        List.copyOf(tensors));
  }

  static Optional<Headline.Tile> tile(Traffic traffic) {
    long rounds = traffic.ledger().stream().mapToInt(Crossing::round).distinct().count();
    if (rounds == 0) {
      return Optional.empty();
    }
    Alternative run = meanRound(traffic, rounds);
    return Optional.of(
        new Headline.Tile(
            "Moved per round, all devices",
            Display.bytes(both(run)),
            traffic.alternatives().stream()
                .findFirst()
                .map(other -> other.name() + " would be " + Display.bytes(both(other)))
                .orElse("both directions")));
  }

  private static RoundRow row(String name, List<Crossing> rows) {
    long up = bytes(rows, Direction.UP);
    long down = bytes(rows, Direction.DOWN);
    return new RoundRow(
        name,
        Display.bytes(up),
        Display.bytes(down),
        Display.bytes(up + down),
        Display.count(rows.size()));
  }

  private static Alternative meanRound(Traffic traffic, long rounds) {
    return new Alternative(
        THIS_RUN,
        bytes(traffic.ledger(), Direction.UP) / rounds,
        bytes(traffic.ledger(), Direction.DOWN) / rounds);
  }

  private static List<Alternative> ways(Traffic traffic, long rounds) {
    List<Alternative> ways = new ArrayList<>();
    if (rounds > 0) {
      ways.add(meanRound(traffic, rounds));
    }
    ways.addAll(traffic.alternatives());
    return ways;
  }

  private static List<Comparison> comparisons(Traffic traffic, long rounds) {
    List<Alternative> ways = ways(traffic, rounds);
    return ways.stream()
        .map(
            way ->
                new Comparison(
                    way.name(),
                    rounds > 0 && way.equals(ways.get(0)),
                    Display.bytes(way.upBytesPerRound()),
                    Display.bytes(way.downBytesPerRound()),
                    Display.bytes(both(way)),
                    rounds > 0 ? factor(way, ways.get(0)) : Display.MISSING))
        .toList();
  }

  private static List<DotPlot> plots(Traffic traffic, long rounds) {
    List<Alternative> ways = ways(traffic, rounds);
    long[] sizes =
        ways.stream()
            .flatMapToLong(way -> LongStream.of(way.upBytesPerRound(), way.downBytesPerRound()))
            .filter(size -> size > 0)
            .toArray();
    if (sizes.length == 0) {
      return List.of();
    }
    Axis axis =
        Axis.logarithmic(
            (double) LongStream.of(sizes).min().getAsLong(),
            (double) LongStream.of(sizes).max().getAsLong());
    List<DotPlot.Row> rows = new ArrayList<>();
    for (Alternative way : ways) {
      List<DotPlot.Dot> dots = new ArrayList<>();
      addDot(dots, way.name() + ", up", "up", way.upBytesPerRound(), axis);
      addDot(dots, way.name() + ", down", "down", way.downBytesPerRound(), axis);
      rows.add(DotPlot.Row.of(way.name(), rows.isEmpty() && rounds > 0, "", dots));
    }
    return List.of(
        new DotPlot(
            "Bytes per round over all devices",
            "bytes, logarithmic scale",
            DotPlot.ticks(axis, Display::tickBytes),
            List.of(
                new DotPlot.Key("up", "up (edge to server)"),
                new DotPlot.Key("down", "down (server to edge)")),
            rows));
  }

  private static void addDot(
      List<DotPlot.Dot> dots, String label, String kind, long bytes, Axis axis) {
    if (bytes > 0) {
      dots.add(
          new DotPlot.Dot(
              DotPlot.percent(axis, (double) bytes), kind, label + ": " + Display.bytes(bytes)));
    }
  }

  private static List<LineChart> charts(Traffic traffic) {
    List<LineChart.Series> series = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      TreeMap<Integer, Double> values = new TreeMap<>();
      traffic.ledger().stream()
          .filter(row -> row.direction() == direction)
          .collect(groupingBy(Crossing::round, summingLong(Crossing::bytes)))
          .forEach((round, bytes) -> values.put(round, (double) bytes));
      if (!values.isEmpty()) {
        series.add(new LineChart.Series(direction == Direction.UP ? "Up" : "Down", values));
      }
    }
    return series.isEmpty()
        ? List.of()
        : List.of(LineChart.of("Bytes by round, all devices", BYTES, series));
  }

  private static String factor(Alternative way, Alternative run) {
    if (both(run) == 0) {
      return Display.MISSING;
    }
    double factor = both(way) / (double) both(run);
    return (factor >= 100 ? Display.count(Math.round(factor)) : Display.score(factor)) + "×";
  }

  private static long both(Alternative way) {
    return way.upBytesPerRound() + way.downBytesPerRound();
  }

  private static long bytes(List<Crossing> rows, Direction direction) {
    return rows.stream()
        .filter(row -> row.direction() == direction)
        .mapToLong(Crossing::bytes)
        .sum();
  }
}
