package org.coplms.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.coplms.jobs.compare.Folder;
import org.coplms.jobs.compare.Method;
import org.coplms.jobs.comparison.Comparison;
import org.coplms.jobs.comparison.ComparisonInfo;
import org.coplms.jobs.comparison.MethodInfo;
import org.coplms.jobs.comparison.ResultsDocument;
import org.coplms.jobs.config.CompareSettings;
import org.coplms.udfs.store.HadoopFiles;

/**
 * Where a comparison's results go: its own folder, and {@code results.json} and {@code results.md},
 * which hold the results of several benchmarks.
 */
final class ComparisonFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Folder folder;
  private final Optional<Path> results;

  ComparisonFiles(Folder folder, Optional<Path> results) {
    this.folder = folder;
    this.results = results;
  }

  /** What the results say about themselves. */
  static ComparisonInfo info(
      CompareSettings compare, String questions, List<Method> methods, RunOptions options) {
    List<MethodInfo> infos = new ArrayList<>();
    for (Method method : methods) {
      infos.add(
          new MethodInfo(
              method.name(),
              method.definition().title(),
              MethodInfo.Kind.valueOf(method.definition().kind().name()),
              method.definition().federated()));
    }
    return new ComparisonInfo(
        compare.benchmark(),
        questions,
        compare.reference(),
        infos,
        command(options),
        machine(),
        LocalDate.now(ZoneOffset.UTC).toString(),
        Versions.all());
  }

  void write(Comparison comparison) {
    comparison.writePredictions(folder.root() + "/predictions");
    write("metrics.json", pretty(comparison.metricsJson()));
    write("report/index.html", comparison.html());
    comparison.table().forEach(System.out::println);
    System.out.println("Report: " + folder.root() + "/report/index.html");
    results.ifPresent(place -> writeResults(place, comparison));
  }

  private void write(String name, String text) {
    HadoopFiles.write(
        folder.root() + "/" + name, text.getBytes(StandardCharsets.UTF_8), folder.files());
  }

  private static void writeResults(Path place, Comparison comparison) {
    Path json = place.resolve("results.json");
    try {
      ObjectNode before =
          Files.exists(json)
              ? (ObjectNode) JSON.readTree(Files.readString(json))
              : JSON.createObjectNode();
      ObjectNode all =
          ResultsDocument.merge(before, comparison.benchmark(), comparison.resultsEntry());
      Files.createDirectories(place);
      Files.writeString(json, pretty(all));
      Files.writeString(place.resolve("results.md"), ResultsDocument.markdown(all));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write results into " + place, e);
    }
    System.out.println("Results: " + place.resolve("results.md"));
  }

  private static String pretty(ObjectNode tree) {
    return tree.toPrettyString() + "\n";
  }

  private static String command(RunOptions options) {
    StringBuilder command = new StringBuilder("./coplms compare");
    options.conf().ifPresent(file -> command.append(" --conf ").append(file));
    for (Map.Entry<String, String> setting : options.settings().entrySet()) {
      command.append(" -D %s=%s".formatted(setting.getKey(), setting.getValue()));
    }
    return command.toString();
  }

  private static String machine() {
    return "%d cores, %s %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }
}
