package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.coplms.jobs.cli.Console;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class CompareTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROUNDS = "cotune.rounds=1";
  private static final String FULL = "cotune.theta-scope=full";

  @TempDir Path folder;

  @Test
  void runsWhatIsMissingAndWritesItsResults() throws IOException {
    Path docs = folder.resolve("docs");
    assertThat(compare("[co-plms, standalone]", "--results", docs.toString()))
        .isEqualTo(new Console.Outcome(0, List.of()));
    SortedMap<String, String> first = cells();
    assertThat(first.keySet()).anyMatch(name -> name.startsWith("seed-5/standalone/"));
    assertThat(names(folder.resolve("run/bases"))).hasSize(1);

    assertThat(
            compare(
                "[co-plms, standalone, no-rehearsal, random-dpm]", "--results", docs.toString()))
        .isEqualTo(new Console.Outcome(0, List.of()));
    assertThat(cells()).containsAllEntriesOf(first);
    assertThat(names(folder.resolve("run/bases")))
        .as("a random DPM has a base of its own")
        .hasSize(2);

    JsonNode results = JSON.readTree(Files.readString(docs.resolve("results.json"))).path("cldr");
    JsonNode metrics = JSON.readTree(Files.readString(folder.resolve("run/metrics.json")));
    for (String method : List.of("co-plms", "standalone", "no-rehearsal", "random-dpm")) {
      assertThat(results.path(method).path("rougeL").isNumber()).as(method).isTrue();
      assertThat(results.path(method).path("rougeL"))
          .isEqualTo(metrics.path(method).path("rougeL"));
      assertThat(results.path(method).path("seeds").asInt()).isEqualTo(1);
    }
    assertThat(Files.readString(docs.resolve("results.md"))).contains("Co-PLMs", "Standalone");
    assertThat(Files.readString(folder.resolve("run/report/index.html"))).contains("Co-PLMs");
    assertThat(folder.resolve("run/predictions/_SUCCESS")).exists();
  }

  @Test
  void cellsSideBySideGiveTheSameBits() {
    assertThat(compare("[co-plms, standalone]")).isEqualTo(new Console.Outcome(0, List.of()));
    SortedMap<String, String> oneByOne = proxies();
    Folders.delete(folder.resolve("run"));
    assertThat(compare("[co-plms, standalone]", "-D", "compare.parallel=2"))
        .isEqualTo(new Console.Outcome(0, List.of()));
    assertThat(proxies()).isEqualTo(oneByOne).isNotEmpty();
  }

  @Test
  void refusesAMethodWithoutDefinition() {
    Console.Outcome outcome = compare("[co-plms, fedmtk]");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.errors())
        .singleElement()
        .asString()
        .contains("[fedmtk] have no definition", "fedmkt");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void refusesAReferenceThatDoesNotTakePart() {
    assertThat(compare("[standalone]").errors())
        .singleElement()
        .asString()
        .contains("reference co-plms must be one of the methods [standalone]");
  }

  @Test
  void namesTheMethodWhoseSettingIsWrong() {
    String definition =
        "{ title = mine, kind = ablation, federated = true, settings { cotune.round = 2 } }";
    Console.Outcome outcome =
        compare("[co-plms, mine]", "-D", "compare.definitions.mine=" + definition);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.errors())
        .singleElement()
        .asString()
        .contains(
            "method mine: coplms.cotune.round: unknown key; did you mean coplms.cotune.rounds?");
  }

  private Console.Outcome compare(String methods, String... options) {
    List<String> all =
        new ArrayList<>(List.of("-D", ROUNDS, "-D", "compare.seeds=[5]", "-D", FULL));
    all.addAll(List.of("-D", "compare.methods=" + methods));
    all.addAll(List.of(options));
    return TinyRun.command(
        "compare", folder.resolve("run"), "local[2]", all.toArray(String[]::new));
  }

  private SortedMap<String, String> cells() {
    return Folders.hashes(folder.resolve("run/cells"), name -> !name.endsWith(".crc"));
  }

  private SortedMap<String, String> proxies() {
    return Folders.hashes(folder.resolve("run/cells"), name -> name.endsWith(".safetensors"));
  }

  private static List<String> names(Path place) throws IOException {
    try (Stream<Path> entries = Files.list(place)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
