package org.coplms.jobs.stages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.Prepared;
import org.coplms.jobs.config.ConfigJson;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.cotune.SharedTexts;
import org.coplms.jobs.models.MemoryNeeds;
import org.coplms.jobs.models.ModelConfigs;
import org.coplms.jobs.models.PretrainedCache;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.models.RunModels.Entry;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.proxy.distill.DistillConfig;
import org.coplms.proxy.train.Seeds;
import org.coplms.udfs.logits.CacheKey;
import org.coplms.udfs.logits.LogitCache;
import org.coplms.udfs.logits.LogitsSpec;
import org.coplms.udfs.server.DistillSpec;
import org.coplms.udfs.server.DistillTask;

/**
 * Makes the DPM: the LLM writes pairs, its logits over public and generated pairs go into the logit
 * cache, and the DPM learns from both.
 */
public final class DistillStage implements Stage {
  private static final int RECORDING_BATCH = 64;

  @Override
  public String name() {
    return "distill";
  }

  @Override
  public List<String> after() {
    return List.of("prepare", "pretrain");
  }

  @Override
  public void run(RunContext context) {
    Optional<String> model = context.settings().dpm().model();
    if (model.isPresent()) {
      RunModels models = new RunModels(context.store());
      models.register(RunModels.DPM, models.entry(model.get()).path());
    } else {
      distill(context);
    }
  }

  private static void distill(RunContext context) {
    MemoryNeeds.requireDistilling(context);
    Entry llm = RunModels.llm(context);
    Dataset<Row> texts = SharedTexts.create(context, llm);
    RunModels models = new RunModels(context.store());
    String folder = models.folder(RunModels.DPM);
    PretrainedCache cache =
        new PretrainedCache(
            context.settings().models().cache(), context.store().hadoopConfiguration());
    JsonNode key = key(context.settings(), llm, texts);
    if (cache.fetch(key, folder)) {
      context.progress().line("DPM: taken from the cache");
    } else {
      distill(context, llm, texts, folder);
      cache.keep(key, folder);
    }
    models.register(RunModels.DPM, folder);
  }

  private static void distill(RunContext context, Entry llm, Dataset<Row> texts, String folder) {
    Settings settings = context.settings();
    DistillConfig distill = settings.dpm().distill();
    CacheKey key = new CacheKey(llm.hash(), llm.tokenizer(), distill.temperature(), distill.topK());
    String logits = context.store().logitsPath() + "/distill";
    try (Tasks tasks = Tasks.start(context, "LLM logits", 0)) {
      LogitsSpec spec =
          new LogitsSpec(
              llm.location(),
              "",
              settings.cotune().server().tunedLlm(),
              settings.text().promptFormat(),
              distill.scope(),
              distill.maxTokens(),
              RECORDING_BATCH,
              key,
              tasks.edge());
      LogitCache.write(texts, spec, logits);
    }
    try (Tasks tasks = Tasks.start(context, "distilling the DPM", distill.steps())) {
      DistillSpec spec =
          new DistillSpec(
              distill,
              settings.dpm().freshConfig().map(ModelConfigs::read).orElse(""),
              llm.location(),
              folder,
              key,
              settings.text().promptFormat(),
              Seeds.of(settings.seed(), 0, 0, "distill"),
              tasks.server());
      DistillTask.of(LogitCache.join(texts, logits), spec).collect();
    }
  }

  /** Everything that the DPM depends on. */
  private static JsonNode key(Settings settings, Entry llm, Dataset<Row> texts) {
    ObjectNode key = new JsonMapper().createObjectNode();
    key.put("role", RunModels.DPM);
    key.put("llm", llm.hash());
    key.put("tokenizer", llm.tokenizer());
    key.set("distill", ConfigJson.tree(settings.dpm().distill()));
    key.put("fresh", settings.dpm().freshConfig().map(ModelConfigs::read).orElse(""));
    key.set("text", settings.text().key());
    key.set("compute", ConfigJson.tree(settings.compute()));
    key.put("texts", Prepared.digest(texts));
    key.put("seed", settings.seed());
    return key;
  }
}
