package org.coplms.jobs.config;

import com.typesafe.config.ConfigObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A comparison of methods: what stands under {@code coplms.compare}.
 *
 * @param benchmark its name in results
 * @param seeds of the runs; every method runs once with each
 * @param methods names of definitions, in the order of the tables
 * @param reference the method that all others are compared with
 * @param parallel cells that run at the same time; times are comparable only at 1
 * @param definitions the known methods by name
 */
public record CompareSettings(
    String benchmark,
    List<Long> seeds,
    List<String> methods,
    String reference,
    int parallel,
    Map<String, MethodSettings> definitions) {
  public CompareSettings {
    seeds = List.copyOf(seeds);
    methods = List.copyOf(methods);
    definitions = Map.copyOf(definitions);
    List<String> problems = new ArrayList<>();
    if (seeds.isEmpty() || new LinkedHashSet<>(seeds).size() < seeds.size()) {
      problems.add("seeds must be at least one and distinct, got " + seeds);
    }
    if (methods.isEmpty() || new LinkedHashSet<>(methods).size() < methods.size()) {
      problems.add("methods must be at least one and distinct, got " + methods);
    }
    List<String> unknown = new ArrayList<>(methods);
    unknown.removeAll(definitions.keySet());
    if (!unknown.isEmpty()) {
      problems.add(
          "methods %s have no definition; there are %s"
              .formatted(unknown, definitions.keySet().stream().sorted().toList()));
    }
    if (!methods.contains(reference)) {
      problems.add("reference %s must be one of the methods %s".formatted(reference, methods));
    }
    if (parallel < 1) {
      problems.add("parallel must be at least 1, got " + parallel);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * One method.
   *
   * @param title its name for people
   * @param kind METHOD, a CONTROL that uses this project's generated pairs, or an ABLATION
   * @param federated whether private data stay on their devices
   * @param settings what differs from the common settings; keys as under {@code coplms}
   */
  public record MethodSettings(String title, Kind kind, boolean federated, ConfigObject settings) {}

  /** Which table a method stands in. */
  public enum Kind {
    METHOD,
    CONTROL,
    ABLATION
  }
}
