package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.coplms.jobs.cli.Console;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class BenchPrepareTest {
  @TempDir Path folder;

  @Test
  void everyRecordIsAccountedForAndTheWorkIsGone() throws Exception {
    Path json = folder.resolve("bench.json");
    Console.Outcome outcome =
        run(
            "--rows",
            "1000",
            "--work",
            folder.resolve("work").toString(),
            "--json",
            json.toString(),
            "-D",
            "data.source.discover.max-domains=3");
    assertThat(outcome.errors()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    JsonNode size = new JsonMapper().readTree(json.toFile()).path("sizes").get(0);
    assertThat(size.path("rows").asLong()).isEqualTo(1000);
    assertThat(size.path("accepted").asLong()).isBetween(800L, 960L);
    assertThat(
            size.path("accepted").asLong()
                + size.path("duplicates").asLong()
                + size.path("quarantined").asLong())
        .isEqualTo(1000);
    assertThat(size.path("rows_per_second").asDouble()).isPositive();
    assertThat(folder.resolve("work")).isEmptyDirectory();
  }

  @Test
  void numbersThatDoNotAscendAreRefused() {
    Console.Outcome outcome = run("--rows", "2000,1000");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.errors())
        .singleElement()
        .asString()
        .contains("--rows must be at least 1000 and ascending");
  }

  private static Console.Outcome run(String... options) {
    List<String> arguments = new ArrayList<>(List.of("bench", "prepare"));
    arguments.addAll(List.of(options));
    return Console.run(Stages.pipeline(), arguments);
  }
}
