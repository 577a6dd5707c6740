package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.coplms.jobs.cli.Console;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `coplms bench models`, as little of it as there is. */
class BenchModelsTest {
  private static final List<String> LITTLE =
      List.of("--rows", "2", "--tokens", "8", "--new-tokens", "3", "--repetitions", "1");

  @TempDir Path folder;

  @Test
  void everyKindOfWorkIsMeasuredAndWrittenDown() throws Exception {
    Path json = folder.resolve("bench.json");

    String table =
        Console.output(
            Stages.pipeline(),
            args("--sizes", "tiny", "--threads", "1", "--json", json.toString()));

    assertThat(table.lines().filter(line -> line.startsWith("tiny")).toList())
        .singleElement()
        .asString()
        .contains("0.1 M")
        .doesNotContain("NaN", "Infinity", " - ");
    assertThat(table).contains("4 N + 6 N_lora", "threads 1");
    JsonNode model = new JsonMapper().readTree(json.toFile()).path("models").path(0);
    for (String work :
        List.of("lora-training", "full-training", "prefill", "decode", "decode-one-row")) {
      assertThat(model.path(work).path("tokens_per_second").asDouble()).as(work).isPositive();
      double gflops = model.path(work).path("gflops").asDouble();
      double share = model.path(work).path("share_of_matmul").asDouble();
      assertThat(share * model.path("matmul_gflops").asDouble())
          .isCloseTo(gflops, withPercentage(0.1));
    }
  }

  @Test
  void frozenWeightsInHalfPrecisionHaveALineOfTheirOwn() {
    String table =
        Console.output(Stages.pipeline(), args("--sizes", "tiny", "--dtype", "float32,bfloat16"));

    assertThat(table.lines().filter(line -> line.startsWith("tiny")).toList())
        .satisfiesExactly(
            line -> assertThat(line).contains(" float32 ").doesNotContain(" - "),
            line -> assertThat(line).contains(" bfloat16 ").contains(" - "));
  }

  @Test
  void whatCannotBeMeasuredIsRefusedInOneLine() {
    refused("'huge'", "--sizes", "huge");
    refused("--rows must be at least 1", "--rows", "0");
    refused("--threads", "--threads", "0");
    refused("'float8'", "--dtype", "float8");
    refused("device must be", "--hardware", "abacus");
    refused("/no/where", "--model", "/no/where");
    assertThat(Console.run(Stages.pipeline(), List.of("bench")).errors())
        .containsExactly(
            "error: say what to measure: models or prepare; see `coplms bench --help`");
  }

  private static void refused(String named, String... options) {
    List<String> args = new ArrayList<>(List.of("bench", "models"));
    args.addAll(List.of(options));
    Console.Outcome outcome = Console.run(Stages.pipeline(), args);
    assertThat(outcome.exitCode()).as(named).isEqualTo(2);
    assertThat(outcome.errors()).singleElement().asString().startsWith("error: ").contains(named);
  }

  private static List<String> args(String... options) {
    List<String> args = new ArrayList<>(List.of("bench", "models"));
    args.addAll(LITTLE);
    args.addAll(List.of(options));
    return args;
  }
}
