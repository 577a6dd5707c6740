package org.coplms.jobs.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.coplms.jobs.bench.ModelBench.Result;

/**
 * The results for people, and for programs.
 *
 * @param machine cores, operating system, device and versions, by name
 */
public record BenchTable(Map<String, String> machine, BenchPlan plan, List<Result> results) {
  private static final String CELL = "%22s";
  private static final Map<String, String> TITLES =
      Map.of(
          ModelBench.LORA_TRAINING, "LoRA training",
          ModelBench.FULL_TRAINING, "full training",
          ModelBench.PREFILL, "prefill",
          ModelBench.DECODE, "decode",
          ModelBench.DECODE_ONE, "decode, 1 row");
  private static final List<String> WORKS =
      List.of(
          ModelBench.LORA_TRAINING,
          ModelBench.FULL_TRAINING,
          ModelBench.PREFILL,
          ModelBench.DECODE,
          ModelBench.DECODE_ONE);

  /** Lines for a terminal. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("tokens per second, and share of the machine's float32 matrix product (2048 cubed)");
    lines.add(
        "%d rows of %d tokens, %d new tokens; medians of at most %d repetitions; %s"
            .formatted(
                plan.rows(),
                plan.tokens(),
                plan.newTokens(),
                plan.repetitions(),
                String.join(
                    ", ",
                    machine.entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue())
                        .toList())));
    lines.add("");
    StringBuilder head =
        new StringBuilder("%-10s%-10s%9s%10s".formatted("model", "dtype", "weights", "matmul"));
    WORKS.forEach(work -> head.append(CELL.formatted(TITLES.get(work))));
    lines.add(head.toString());
    results.forEach(result -> lines.add(line(result)));
    lines.add("");
    Flops.FORMULAS.forEach((what, formula) -> lines.add("FLOP %s: %s".formatted(what, formula)));
    return lines;
  }

  private static String line(Result result) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%-10s%-10s%7.1f M%8.1f G",
            result.model(),
            result.precision(),
            result.weights() / 1e6,
            result.matmulGflops()));
    for (String work : WORKS) {
      line.append(
          CELL.formatted(
              result.works().stream()
                  .filter(measured -> measured.work().equals(work))
                  .map(
                      measured ->
                          String.format(
                              Locale.ROOT,
                              "%,.0f  %4.1f %%",
                              measured.tokensPerSecond(),
                              100 * measured.share()))
                  .findFirst()
                  .orElse("-")));
    }
    return line.toString();
  }

  /** Everything, with the formulas. */
  public ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    machine.forEach(root.putObject("machine")::put);
    root.putObject("plan")
        .put("rows", plan.rows())
        .put("tokens", plan.tokens())
        .put("new_tokens", plan.newTokens())
        .put("repetitions", plan.repetitions());
    ObjectNode formulas = root.putObject("flop_formulas");
    Flops.FORMULAS.forEach(formulas::put);
    ArrayNode models = root.putArray("models");
    for (Result result : results) {
      ObjectNode model = models.addObject();
      model.put("model", result.model());
      model.put("dtype", result.precision());
      model.put("weights", result.weights());
      model.put("repetitions", result.repetitions());
      model.put("matmul_gflops", result.matmulGflops());
      for (Measured measured : result.works()) {
        model
            .putObject(measured.work())
            .put("tokens_per_second", measured.tokensPerSecond())
            .put("gflops", measured.gflopsPerSecond())
            .put("share_of_matmul", measured.share());
      }
    }
    return root;
  }
}
