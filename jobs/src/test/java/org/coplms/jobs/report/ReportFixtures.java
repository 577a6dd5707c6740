package org.coplms.jobs.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.coplms.jobs.store.Crossing;
import org.coplms.jobs.store.Direction;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.metric.Scores;

/** A small run with every part of the report filled. */
final class ReportFixtures {
  private ReportFixtures() {}

  static ReportData full() {
    return full("");
  }

  /** Every text of the data ends with {@code tail}. */
  static ReportData full(String tail) {
    return new ReportData(
        run(tail),
        results(tail),
        metrics(tail),
        new DomainMix(
            List.of(
                new DomainMix.Count(0, "fr" + tail, 30),
                new DomainMix.Count(0, "de" + tail, 70),
                new DomainMix.Count(1, "fr" + tail, 100)),
            Set.of("de" + tail)),
        traffic(tail),
        List.of(sample(tail)),
        List.of(new StageTime("prepare" + tail, 9.25), new StageTime("co-tune" + tail, 27.75)),
        List.of("Rehearsal is this project's extension." + tail));
  }

  static RunInfo run(String tail) {
    return new RunInfo(
        "Two devices" + tail,
        Instant.parse("2026-02-03T14:05:00Z"),
        17,
        "0.1.0" + tail,
        "./coplms quickstart" + tail,
        List.of(
            new RunInfo.Model(
                "LLM" + tail, "tiny" + tail, "llama" + tail, 912_384, 4096, "BPE" + tail, 400)),
        List.of(new RunInfo.Setting("Method" + tail, "rounds" + tail, "2" + tail)));
  }

  static ResultTable.Device device(int device, double before, double alone, double cotuned) {
    return new ResultTable.Device(device, "slm", scores(before), scores(alone), scores(cotuned));
  }

  static Optional<Scores> scores(double exactMatch) {
    return Optional.of(new Scores(exactMatch + 20, exactMatch, 100));
  }

  private static ResultTable results(String tail) {
    return new ResultTable(
        List.of(
            new ResultTable.Device(0, "tiny-gpt2" + tail, scores(1), scores(10.04), scores(40.25)),
            device(1, 2, 20, 30)),
        List.of(
            new ResultTable.Server("LLM", ResultTable.Slice.DEVICE_ONLY, scores(0), scores(19.7)),
            new ResultTable.Server(
                "DPM" + tail, ResultTable.Slice.ALL, Optional.empty(), scores(50))));
  }

  private static List<Metrics.Row> metrics(String tail) {
    List<Metrics.Row> metrics = new ArrayList<>();
    for (int round = 1; round <= 2; round++) {
      for (int device = 0; device < 2; device++) {
        metrics.add(new Metrics.Row(round, device, "dst", "slm-ce", 2.0 / round + device));
        metrics.add(new Metrics.Row(round, device, "saml", "slm-ce", 1.5 / round + device));
        metrics.add(new Metrics.Row(round, device, "saml", "kl-dpm-to-slm", 0.5 / round));
        metrics.add(new Metrics.Row(round, device, "saml", "kl-slm-to-dpm", 0.4 / round));
        metrics.add(new Metrics.Row(round, device, "alignment", "mapped-mass-to-slm", 0.9));
        metrics.add(new Metrics.Row(round, device, "evaluate", "rouge-l", 40 + 10 * round));
        metrics.add(new Metrics.Row(round, device, "evaluate", "exact-match", 10 * round));
        metrics.add(new Metrics.Row(round, device, "odd", "thing" + tail, round));
      }
      metrics.add(new Metrics.Row(round, Metrics.SERVER, "evaluate", "llm-rouge-l", 70 + round));
      metrics.add(new Metrics.Row(round, Metrics.SERVER, "evaluate", "dpm-rouge-l", 60 + round));
    }
    return metrics;
  }

  private static Traffic traffic(String tail) {
    List<String> tensors = List.of("layers.0.q_proj.lora_A.weight" + tail);
    return new Traffic(
        List.of(
            new Crossing(1, 0, Direction.DOWN, tensors, 1_000_000),
            new Crossing(1, 0, Direction.UP, tensors, 1_500_000),
            new Crossing(2, 1, Direction.DOWN, tensors, 1_000_000),
            new Crossing(2, 1, Direction.UP, tensors, 500_000)),
        List.of(new Traffic.Alternative("all LLM weights" + tail, 20_000_000, 20_000_000)));
  }

  private static SampleQuestion sample(String tail) {
    return new SampleQuestion(
        0,
        "de" + tail,
        "12 in german?" + tail,
        List.of("zwölf" + tail),
        List.of(
            new SampleQuestion.Answer("slm-alone", "elf" + tail, 0, 0),
            new SampleQuestion.Answer("slm-after" + tail, "zwölf" + tail, 100, 100)));
  }
}
