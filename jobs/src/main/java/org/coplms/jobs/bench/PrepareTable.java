package org.coplms.jobs.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Results of {@link PrepareBench}, ascending, for people and programs. */
public record PrepareTable(List<PrepareBench.Result> results, int cores, long heapLimit) {
  private static final double MIB = 1 << 20;

  /** Lines for a terminal. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "read, clean, deduplicate, discover domains, partition, write, check; %d cores, heap of %,.0f MiB",
            cores,
            heapLimit / MIB));
    lines.add(
        "%12s%12s%12s%10s%12s%14s  %s"
            .formatted(
                "rows", "accepted", "seconds", "rows/s", "per row *", "live MiB **", "slowest"));
    for (int i = 0; i < results.size(); i++) {
      PrepareBench.Result result = results.get(i);
      lines.add(
          String.format(
              Locale.ROOT,
              "%,12d%,12d%12.1f%,10.0f%12s%,14.0f  %s",
              result.rows(),
              result.counts().accepted(),
              result.seconds(),
              result.rowsPerSecond(),
              i == 0 ? "" : String.format(Locale.ROOT, "%.2f", growth(i)),
              result.heap() / MIB,
              slowest(result)));
    }
    lines.add("*  time per row against the line before: 1 is linear, below it fixed costs show");
    lines.add("** live between steps, at most; driver and executor share the heap in local mode");
    return lines;
  }

  /** Time per row against that of the number before. */
  private double growth(int i) {
    return results.get(i - 1).rowsPerSecond() / results.get(i).rowsPerSecond();
  }

  private static String slowest(PrepareBench.Result result) {
    return result.steps().entrySet().stream()
        .sorted((a, b) -> Double.compare(b.getValue(), a.getValue()))
        .limit(3)
        .map(step -> String.format(Locale.ROOT, "%s %.1f s", step.getKey(), step.getValue()))
        .reduce((a, b) -> a + ", " + b)
        .orElse("");
  }

  /** Everything. */
  public ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("cores", cores);
    root.put("heap_limit", heapLimit);
    ArrayNode sizes = root.putArray("sizes");
    for (PrepareBench.Result result : results) {
      ObjectNode size = sizes.addObject();
      size.put("rows", result.rows());
      size.put("accepted", result.counts().accepted());
      size.put("duplicates", result.counts().duplicates());
      size.put("quarantined", result.counts().quarantined());
      size.put("seconds", result.seconds());
      size.put("rows_per_second", result.rowsPerSecond());
      size.put("live_heap", result.heap());
      result.steps().forEach(size.putObject("steps")::put);
    }
    return root;
  }
}
