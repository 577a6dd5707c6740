package org.coplms.jobs.stages;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.dataprep.words.WordCounts;
import org.coplms.jobs.config.ConfigJson;
import org.coplms.jobs.config.ModelSettings;
import org.coplms.jobs.config.ModelSettings.CheckpointSettings;
import org.coplms.jobs.config.ModelSettings.TinySettings;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.FoldedCheckpoint;
import org.coplms.jobs.models.ModelChecks;
import org.coplms.jobs.models.ModelConfigs;
import org.coplms.jobs.models.PretrainedCache;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.pipeline.Tasks;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.Seeds;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.TaskSpec;
import org.coplms.udfs.server.PretrainSpec;
import org.coplms.udfs.server.PretrainTask;

/**
 * Trains the tiny models of a run from scratch, or takes them from the cache; checkpoints are only
 * registered, with a LoRA folded in where one is named. The LLM learns the server's pretraining
 * examples, the SLMs a small part of them.
 */
public final class PretrainStage implements Stage {
  @Override
  public String name() {
    return "pretrain";
  }

  @Override
  public List<String> after() {
    return List.of("prepare");
  }

  @Override
  public void run(RunContext context) {
    new Pretrainer(context).run();
  }

  private static final class Pretrainer {
    private final RunContext context;
    private final Settings settings;
    private final RunModels models;
    private final PretrainedCache cache;
    private final Map<String, String> digests = new HashMap<>();

    Pretrainer(RunContext context) {
      this.context = context;
      this.settings = context.settings();
      this.models = new RunModels(context.store());
      this.cache =
          new PretrainedCache(settings.models().cache(), context.store().hadoopConfiguration());
    }

    void run() {
      ModelChecks.require(settings, context.store().hadoopConfiguration());
      List<TinySettings> missing = new ArrayList<>();
      for (ModelSettings model : settings.models().all()) {
        if (model instanceof CheckpointSettings checkpoint) {
          models.register(checkpoint.name(), folder(checkpoint), checkpoint.precision());
        } else if (model instanceof TinySettings tiny) {
          if (cache.fetch(key(tiny), models.folder(tiny.name()))) {
            context.progress().line(tiny.name() + ": taken from the cache");
          } else {
            missing.add(tiny);
          }
        }
      }
      if (!missing.isEmpty()) {
        trainTokenizers(missing);
        train(missing);
        missing.forEach(tiny -> cache.keep(key(tiny), models.folder(tiny.name())));
      }
      for (ModelSettings model : settings.models().all()) {
        if (model instanceof TinySettings) {
          models.register(model.name(), models.folder(model.name()));
        }
      }
    }

    /** The checkpoint's own, or one in the run with the LoRA folded in. */
    private String folder(CheckpointSettings checkpoint) {
      return checkpoint
          .adapter()
          .map(
              adapter ->
                  FoldedCheckpoint.write(
                      checkpoint.path(),
                      adapter,
                      models.folder(checkpoint.name()),
                      checkpoint.precision(),
                      context.store().hadoopConfiguration()))
          .orElse(checkpoint.path());
    }

    private boolean isLlm(TinySettings tiny) {
      return tiny.equals(settings.models().llm());
    }

    private void trainTokenizers(List<TinySettings> tinies) {
      Map<Boolean, Map<String, Long>> words = new HashMap<>();
      Map<BpeTrainer.Spec, String> bySpec = new HashMap<>();
      for (TinySettings tiny : tinies) {
        String json =
            bySpec.computeIfAbsent(
                tiny.tokenizer(),
                spec ->
                    BpeTrainer.train(words.computeIfAbsent(spec.prefixSpace(), this::words), spec));
        try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
          ModelFolder.writeTokenizer(
              models.folder(tiny.name()), tokenizer, context.store().hadoopConfiguration());
        }
      }
    }

    private Map<String, Long> words(boolean prefixSpace) {
      return WordCounts.count(
          examples(Splits.PRETRAIN),
          prefixSpace ? " " : "",
          settings.text().trainingSeparator(),
          BpeTrainer.preTokenizerPattern());
    }

    /** One job with a task for each model; the LLM's is the longest and starts first. */
    private void train(List<TinySettings> tinies) {
      long steps = tinies.stream().mapToLong(tiny -> tiny.pretrain().steps()).sum();
      try (Tasks tasks = Tasks.start(context, "pretraining", steps)) {
        List<JavaRDD<String>> jobs = new ArrayList<>();
        for (TinySettings tiny : tinies) {
          jobs.add(PretrainTask.of(examples(split(tiny)), spec(tiny, tasks)));
        }
        union(jobs).collect();
      }
    }

    private JavaRDD<String> union(List<JavaRDD<String>> jobs) {
      JavaRDD<String> all = jobs.get(0);
      for (JavaRDD<String> job : jobs.subList(1, jobs.size())) {
        all = all.union(job);
      }
      return all;
    }

    private String split(TinySettings tiny) {
      return isLlm(tiny) ? Splits.PRETRAIN : Splits.PRETRAIN_SLM;
    }

    private String digest(String split) {
      return digests.computeIfAbsent(split, name -> Prepared.digest(examples(name)));
    }

    private Dataset<Row> examples(String split) {
      return Prepared.server(context.spark(), context.store().dataPath(), split);
    }

    private PretrainSpec spec(TinySettings tiny, Tasks tasks) {
      TaskSpec task = isLlm(tiny) ? tasks.server() : tasks.edge();
      return new PretrainSpec(
          ModelConfigs.read(tiny.config()),
          models.folder(tiny.name()),
          settings.text().promptFormat(),
          tiny.pretrain(),
          Seeds.of(settings.seed(), 0, 0, "pretrain-" + tiny.name()),
          task);
    }

    /** Everything that a model's training depends on. */
    private ObjectNode key(TinySettings tiny) {
      ObjectNode key = new JsonMapper().createObjectNode();
      key.put("role", isLlm(tiny) ? "llm" : "slm");
      key.put("config", ModelConfigs.read(tiny.config()));
      key.set("settings", ConfigJson.tree(tiny));
      key.set("text", settings.text().key());
      key.set("compute", ConfigJson.tree(settings.compute()));
      key.put("words", digest(Splits.PRETRAIN));
      key.put("examples", digest(split(tiny)));
      key.put("seed", settings.seed());
      return key;
    }
  }
}
