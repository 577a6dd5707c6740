package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.results.PredictionScores;
import org.coplms.proxy.metric.PairedBootstrap.Comparison;
import org.coplms.proxy.metric.Scores;

/**
 * One method's part of {@code metrics.json}: scores with their intervals, the same by seed, device
 * and domain, the server's models, costs, exposure.
 */
final class MethodTree {
  private final Inputs inputs;
  private final String method;
  private final Judge judge;
  private final List<CellFigures> cells;
  private final MethodScores scores;

  private MethodTree(Inputs inputs, String method, Judge judge) {
    this.inputs = inputs;
    this.method = method;
    this.judge = judge;
    this.cells = inputs.of(method);
    this.scores = inputs.scores(method);
  }

  /** Without its comparison with the reference; the method has at least one answer. */
  static ObjectNode of(Inputs inputs, String method, Judge judge) {
    return new MethodTree(inputs, method, judge).build();
  }

  private ObjectNode build() {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    means(tree, scores);
    for (Metric metric : Metric.values()) {
      OptionalDouble deviation = deviation(metric);
      deviation.ifPresent(value -> tree.put(metric.key() + "_sd", Rounded.score(value)));
    }
    put(tree.putObject("micro"), scores.micro());
    ObjectNode seeds = tree.putObject("by_seed");
    scores.bySeed().forEach((seed, mean) -> put(seeds.putObject(Long.toString(seed)), mean));
    ObjectNode devices = tree.putObject("devices");
    scores.byDevice().forEach((id, mean) -> put(devices.putObject(Integer.toString(id)), mean));
    ObjectNode domains = tree.putObject("domains");
    scores.byDomain().forEach((domain, mean) -> put(domains.putObject(domain), mean));
    slices(tree.putObject("slices"));
    server(tree, "llm", ModelNames.LLM_BEFORE, ModelNames.LLM_AFTER);
    server(tree, "dpm", ModelNames.DPM_BEFORE, ModelNames.DPM);
    costs(tree);
    exposure(tree);
    rounds(tree);
    return tree;
  }

  private void means(ObjectNode tree, MethodScores of) {
    put(tree, of.macro());
    tree.put("seeds", of.seeds().size());
    for (Metric metric : Metric.values()) {
      Comparison alone = judge.alone(of, metric);
      tree.putArray(metric.key() + "_interval")
          .add(Rounded.score(alone.low()))
          .add(Rounded.score(alone.high()));
    }
  }

  /** Of the seeds' means, with n − 1; empty for one seed. */
  private OptionalDouble deviation(Metric metric) {
    double[] values = scores.bySeed().values().stream().mapToDouble(metric::of).toArray();
    if (values.length < 2) {
      return OptionalDouble.empty();
    }
    double mean = Arrays.stream(values).sum() / values.length;
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return OptionalDouble.of(Math.sqrt(squares / (values.length - 1)));
  }

  private void slices(ObjectNode tree) {
    Set<String> deviceOnly = inputs.deviceOnlyDomains();
    slice(tree, "known", domain -> !deviceOnly.contains(domain));
    slice(tree, "device_only", deviceOnly::contains);
  }

  private void slice(ObjectNode tree, String name, Predicate<String> domains) {
    MethodScores some = scores.where((question, answer) -> domains.test(answer.domain()));
    if (!some.isEmpty()) {
      put(tree.putObject(name), some.micro());
    }
  }

  /** A server model before and after, over the seeds in which the method has it. */
  private void server(ObjectNode tree, String name, String before, String after) {
    List<CellFigures> with =
        cells.stream()
            .filter(cell -> inputs.ofCell(cell).flatMap(s -> all(s, after)).isPresent())
            .toList();
    if (with.isEmpty()) {
      return;
    }
    SortedMap<String, Function<CellFigures, Predicate<String>>> slices = new TreeMap<>();
    slices.put("all", cell -> domain -> true);
    slices.put("known", cell -> domain -> !cell.deviceOnly().contains(domain));
    slices.put("device_only", cell -> domain -> cell.deviceOnly().contains(domain));
    slices.forEach(
        (slice, domains) -> {
          String at = "/%s/%s/".formatted(name, slice);
          mean(with, inputs::ofBase, before, domains)
              .ifPresent(s -> put(tree.withObject(at + "before"), s));
          mean(with, inputs::ofCell, after, domains)
              .ifPresent(s -> put(tree.withObject(at + "after"), s));
        });
  }

  private static Optional<Scores> mean(
      List<CellFigures> cells,
      Function<CellFigures, Optional<PredictionScores>> source,
      String model,
      Function<CellFigures, Predicate<String>> domains) {
    List<Scores> means = new ArrayList<>();
    for (CellFigures cell : cells) {
      source
          .apply(cell)
          .flatMap(scores -> scores.inDomains(model, domains.apply(cell)))
          .ifPresent(means::add);
    }
    return means.isEmpty() ? Optional.empty() : Optional.of(Scores.macro(means));
  }

  private static Optional<Scores> all(PredictionScores scores, String model) {
    return scores.inDomains(model, domain -> true);
  }

  private void costs(ObjectNode tree) {
    tree.put(
        "bytes_up",
        Math.round(average(cell -> OptionalDouble.of((double) cell.bytesUp())).orElse(0)));
    tree.put(
        "bytes_down",
        Math.round(average(cell -> OptionalDouble.of((double) cell.bytesDown())).orElse(0)));
    average(CellFigures::tokens).ifPresent(v -> tree.put("tokens", Math.round(v)));
    average(CellFigures::seconds).ifPresent(v -> tree.put("seconds", Rounded.score(v)));
  }

  private OptionalDouble average(Function<CellFigures, OptionalDouble> figure) {
    return cells.stream().map(figure).flatMapToDouble(OptionalDouble::stream).average();
  }

  private void exposure(ObjectNode tree) {
    List<Exposure> measured = cells.stream().flatMap(c -> c.exposure().stream()).toList();
    if (!measured.isEmpty()) {
      Exposure.mean(measured).into(tree.putObject("exposure"));
    }
    MethodScores unexposed = scores.where((question, answer) -> !answer.exposed());
    if (inputs.isExposureMeasured(method) && !unexposed.isEmpty()) {
      means(tree.putObject("unexposed"), unexposed);
    }
  }

  private void rounds(ObjectNode tree) {
    for (Metric metric : Metric.values()) {
      SortedMap<Integer, List<Double>> values = new TreeMap<>();
      for (CellFigures cell : cells) {
        cell.rounds()
            .get(metric)
            .forEach(
                (round, value) -> values.computeIfAbsent(round, r -> new ArrayList<>()).add(value));
      }
      values.forEach(
          (round, own) ->
              tree.withObject("/rounds/" + metric.key())
                  .put(
                      Integer.toString(round),
                      Rounded.score(
                          own.stream().mapToDouble(Double::doubleValue).average().orElseThrow())));
    }
  }

  static void put(ObjectNode tree, Scores scores) {
    tree.put("rougeL", Rounded.score(scores.rougeL()));
    tree.put("exactMatch", Rounded.score(scores.exactMatch()));
    tree.put("examples", scores.examples());
  }
}
