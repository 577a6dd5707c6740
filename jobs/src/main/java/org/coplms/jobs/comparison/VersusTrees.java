package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.coplms.proxy.metric.PairedBootstrap;
import org.coplms.proxy.metric.PairedBootstrap.Comparison;

/**
 * The reference against every other method, on the questions that both answered; p values are
 * corrected by Holm over all methods of a metric, controls and ablations among them.
 */
final class VersusTrees {
  private final Inputs inputs;
  private final Judge judge;

  VersusTrees(Inputs inputs, Judge judge) {
    this.inputs = inputs;
    this.judge = judge;
  }

  /** Adds {@code versus} to the methods' trees. */
  void into(Map<String, ObjectNode> trees) {
    String reference = inputs.info().reference();
    MethodScores own = inputs.scores(reference);
    add(trees, "/versus/", (method, metric) -> judge.versus(own, inputs.scores(method), metric));
    if (inputs.isExposureMeasured(reference)) {
      add(trees, "/unexposed/versus/", this::unexposed);
    }
  }

  /** Of the questions whose prompts neither method was exposed to. */
  private Optional<Judge.Verdict> unexposed(String method, Metric metric) {
    if (!inputs.isExposureMeasured(method)) {
      return Optional.empty();
    }
    return judge.versus(
        inputs.scores(inputs.info().reference()).where((question, answer) -> !answer.exposed()),
        inputs.scores(method).where((question, answer) -> !answer.exposed()),
        metric);
  }

  private void add(
      Map<String, ObjectNode> trees,
      String at,
      BiFunction<String, Metric, Optional<Judge.Verdict>> verdict) {
    for (Metric metric : Metric.values()) {
      SortedMap<String, Judge.Verdict> verdicts = new TreeMap<>();
      trees.keySet().stream()
          .filter(method -> !method.equals(inputs.info().reference()))
          .toList()
          .parallelStream()
          .map(method -> Map.entry(method, verdict.apply(method, metric)))
          .toList()
          .forEach(found -> found.getValue().ifPresent(v -> verdicts.put(found.getKey(), v)));
      List<Double> holm =
          PairedBootstrap.holm(
              verdicts.values().stream().map(v -> v.comparison().pValue()).toList());
      int next = 0;
      for (Map.Entry<String, Judge.Verdict> entry : verdicts.entrySet()) {
        ObjectNode tree = trees.get(entry.getKey()).withObject(at + metric.key());
        put(tree, entry.getValue(), holm.get(next++));
      }
    }
  }

  private static void put(ObjectNode tree, Judge.Verdict verdict, double holm) {
    Comparison comparison = verdict.comparison();
    tree.put("gain", Rounded.score(comparison.gain()));
    if (Double.isFinite(comparison.relativeGain())) {
      tree.put("relative", Rounded.share(comparison.relativeGain()));
    }
    tree.put("low", Rounded.score(comparison.low()));
    tree.put("high", Rounded.score(comparison.high()));
    tree.put("p", Rounded.share(comparison.pValue()));
    tree.put("holm", Rounded.share(holm));
    tree.put("seeds", verdict.seeds());
    tree.put("examples", verdict.examples());
  }
}
