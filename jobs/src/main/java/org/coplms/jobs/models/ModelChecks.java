package org.coplms.jobs.models;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.config.ConfigException;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.CotuneSettings.StrategyName;
import org.coplms.jobs.config.ModelSettings;
import org.coplms.jobs.config.ModelSettings.CheckpointSettings;
import org.coplms.jobs.config.ModelSettings.TinySettings;
import org.coplms.jobs.config.Settings;
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.distill.DpmInit;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.lm.LoraModules;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.store.HadoopFiles;

/**
 * Finds what is wrong with a run's models before hours have gone into others: folders,
 * configurations, tokenizers, text format, LoRA targets, lengths. No weights are read.
 */
public final class ModelChecks {
  private final Settings settings;
  private final CotuneSettings cotune;
  private final Configuration files;
  private final List<String> problems = new ArrayList<>();

  private ModelChecks(Settings settings, Configuration files) {
    this.settings = settings;
    this.cotune = settings.cotune();
    this.files = files;
  }

  /**
   * Looks at every model.
   *
   * @throws ConfigException with every problem, naming model and folder
   */
  public static void require(Settings settings, Configuration files) {
    ModelChecks checks = new ModelChecks(settings, files);
    settings.models().all().forEach(checks::check);
    if (!checks.problems.isEmpty()) {
      throw new ConfigException(checks.problems);
    }
  }

  private void check(ModelSettings model) {
    try {
      LmConfig config = model instanceof CheckpointSettings own ? opened(own) : tiny(model);
      requireFits(model.name(), config);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      String place = model instanceof CheckpointSettings own ? own.path() : "the configuration";
      problems.add("model '%s' in %s: %s".formatted(model.name(), place, e.getMessage()));
    }
  }

  private static LmConfig tiny(ModelSettings model) {
    return LmConfig.parse(ModelConfigs.read(((TinySettings) model).config()));
  }

  /** The configuration of a folder whose tokenizer can write the run's texts. */
  private LmConfig opened(CheckpointSettings model) {
    if (!HadoopFiles.exists(model.path() + "/" + Checkpoint.CONFIG, files)) {
      throw new IllegalArgumentException(
          HadoopFiles.exists(model.path(), files)
              ? "there is no config.json; a checkpoint folder has that, safetensors files and tokenizer.json"
              : "there is no such folder; correct its path");
    }
    LmConfig config = ModelFolder.config(model.path(), files);
    try (LmTokenizer tokenizer = ModelFolder.tokenizer(model.path(), files)) {
      settings.text().promptFormat().of(tokenizer);
    }
    return config;
  }

  private void requireFits(String name, LmConfig config) {
    if (settings.deviceSlms().contains(name)) {
      requireTargets(
          "cotune.edge.slm", cotune.edge().slm().tuning(), cotune.edge().slm().lora(), config);
      requireLength("cotune.edge.max-tokens", cotune.edge().maxTokens(), config);
    }
    if (name.equals(settings.models().llm().name())) {
      ServerConfig server = cotune.server();
      requireTargets("cotune.server.llm", server.llmTuning(), server.llmLora(), config);
      requireLength("cotune.server.max-tokens", server.maxTokens(), config);
      requireLength("dpm.distill.max-tokens", settings.dpm().distill().maxTokens(), config);
      if (becomesDpm()) {
        requireTargets("cotune.theta", cotune.thetaScope(), cotune.theta(), config);
        requireLength("cotune.edge.max-tokens", cotune.edge().maxTokens(), config);
      }
    }
  }

  /** Whether devices run a part of the LLM as their DPM. */
  private boolean becomesDpm() {
    return cotune.strategy() == StrategyName.CO_PLMS
        && settings.dpm().model().isEmpty()
        && settings.dpm().distill().init() == DpmInit.TRUNCATE;
  }

  private static void requireTargets(
      String key, TuningScope tuning, LoraConfig lora, LmConfig config) {
    if (tuning == TuningScope.LORA) {
      try {
        LoraModules.require(config, lora);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
      }
    }
  }

  private static void requireLength(String key, int tokens, LmConfig config) {
    if (tokens > config.maxPositions()) {
      throw new IllegalArgumentException(
          "%s = %d, and the model has %d positions; lower it"
              .formatted(key, tokens, config.maxPositions()));
    }
  }
}
