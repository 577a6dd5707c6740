package org.coplms.jobs.config;

import java.util.ArrayList;
import java.util.List;
import org.coplms.proxy.tokenizer.TextFormat;

/**
 * The whole configuration: what stands under {@code coplms}.
 *
 * @param seed every random choice of the run derives from it
 * @param spark the Spark session
 * @param compute threads of the learning tasks
 * @param text how prompt and response become one text
 * @param data where examples come from and how edge devices share them
 * @param models the LLM and the SLMs
 * @param dpm how the proxy model is made
 * @param cotune the rounds
 * @param evaluation how answers are generated and scored
 */
public record Settings(
    long seed,
    SparkSettings spark,
    ComputeSettings compute,
    TextFormat text,
    DataSettings data,
    ModelsSettings models,
    DpmSettings dpm,
    CotuneSettings cotune,
    EvaluationSettings evaluation) {
  public Settings {
    List<String> names = models.slms().stream().map(ModelSettings::name).toList();
    List<String> problems = new ArrayList<>();
    if (dpm.model().isPresent() && !names.contains(dpm.model().get())) {
      problems.add(
          "dpm.model must be one of models.slms %s, got '%s'".formatted(names, dpm.model().get()));
    }
    if (!names.containsAll(cotune.slms())) {
      problems.add(
          "cotune.slms must be among models.slms %s, got %s".formatted(names, cotune.slms()));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /** Names of the SLMs on the devices; device i runs the one at i mod their number. */
  public List<String> deviceSlms() {
    return cotune.slms().isEmpty()
        ? models.slms().stream().map(ModelSettings::name).toList()
        : cotune.slms();
  }
}
