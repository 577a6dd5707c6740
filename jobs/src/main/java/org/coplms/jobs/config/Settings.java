package org.coplms.jobs.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.coplms.dataprep.prepare.FilesSpec;
import org.coplms.jobs.config.ModelSettings.CheckpointSettings;
import org.coplms.jobs.config.ModelSettings.TinySettings;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.tensor.Precision;

/**
 * The whole configuration: what stands under {@code coplms}.
 *
 * @param seed every random choice of the run derives from it
 * @param spark the Spark session
 * @param compute hardware and threads of the learning tasks
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
    TextSettings text,
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
    if (models.llm().precision() != Precision.FLOAT32
        && cotune.server().llmTuning() == TuningScope.FULL) {
      problems.add(
          "models.llm.dtype = bfloat16 holds frozen weights; set cotune.server.llm-tuning = lora");
    }
    if (cotune.edge().slm().tuning() == TuningScope.FULL) {
      models.slms().stream()
          .filter(slm -> slm.precision() != Precision.FLOAT32)
          .map(
              slm ->
                  "dtype = bfloat16 of '%s' in models.slms holds frozen weights; set cotune.edge.slm.tuning = lora"
                      .formatted(slm.name()))
          .forEach(problems::add);
    }
    if (data.source() instanceof FilesSpec files
        && files.clean().maxTokens() > 0
        && models.all().stream().noneMatch(CheckpointSettings.class::isInstance)) {
      problems.add(
          "data.source.clean.max-tokens = %d needs the tokenizer of a checkpoint, and all models are tiny, whose tokenizers are trained on the prepared data; set it to 0"
              .formatted(files.clean().maxTokens()));
    }
    for (ModelSettings model : models.all()) {
      if (text.format() == TextSettings.Format.CHAT && model instanceof TinySettings) {
        problems.add(
            "text.format = chat needs models with a chat template, and %s is a tiny model without one; use type = checkpoint, or text.format = template"
                .formatted(model.name()));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /** The configuration of which nothing was set, as {@link ConfigJson#tree} gives it. */
  public static ObjectNode defaults() {
    return ConfigJson.tree(ConfigLayers.ofDefaults(Map.of()).bind(Settings.class));
  }

  /** Names of the SLMs on the devices; device i runs the one at i mod their number. */
  public List<String> deviceSlms() {
    return cotune.slms().isEmpty()
        ? models.slms().stream().map(ModelSettings::name).toList()
        : cotune.slms();
  }
}
