package org.coplms.jobs.stages;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.stages.RunModels.Entry;
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
    Entry llm = RunModels.llm(context);
    Dataset<Row> texts = SharedTexts.create(context, llm);
    Settings settings = context.settings();
    DistillConfig distill = settings.dpm().distill();
    CacheKey key = new CacheKey(llm.hash(), llm.tokenizer(), distill.temperature(), distill.topK());
    String cache = context.store().logitsPath() + "/distill";
    try (Tasks tasks = Tasks.start(context, "LLM logits", 0)) {
      LogitsSpec spec =
          new LogitsSpec(
              llm.location(),
              "",
              settings.cotune().server().llmLora(),
              settings.text(),
              distill.scope(),
              distill.maxTokens(),
              RECORDING_BATCH,
              key,
              tasks.edge());
      LogitCache.write(texts, spec, cache);
    }
    RunModels models = new RunModels(context.store());
    try (Tasks tasks = Tasks.start(context, "distilling the DPM", distill.steps())) {
      DistillSpec spec =
          new DistillSpec(
              distill,
              settings.dpm().freshConfig().map(ModelConfigs::read).orElse(""),
              llm.location(),
              models.folder(RunModels.DPM),
              key,
              settings.text(),
              Seeds.of(settings.seed(), 0, 0, "distill"),
              tasks.server());
      DistillTask.of(LogitCache.join(texts, cache), spec).collect();
    }
    models.register(RunModels.DPM, models.folder(RunModels.DPM));
  }
}
