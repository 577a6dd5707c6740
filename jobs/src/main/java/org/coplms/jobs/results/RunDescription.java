package org.coplms.jobs.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.CotuneSettings.StrategyName;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.models.RunModels.Entry;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.report.RunInfo;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.udfs.server.ServerSpec;
import org.coplms.udfs.store.HadoopFiles;

/** What was run: models, data and method in a few lines each. */
final class RunDescription {
  private final RunContext context;
  private final Settings settings;
  private final List<RunInfo.Setting> lines = new ArrayList<>();

  RunDescription(RunContext context) {
    this.context = context;
    this.settings = context.settings();
  }

  RunInfo info() {
    JsonNode run = context.store().readJson("run.json");
    data();
    method();
    machine(run.path("versions"));
    return new RunInfo(
        "Co-tuning run " + name(context.store().root()),
        Instant.parse(run.path("created").asText(Instant.EPOCH.toString())),
        settings.seed(),
        run.path("versions").path("coplms").asText(),
        "",
        models(),
        lines);
  }

  private static String name(String root) {
    return root.substring(root.lastIndexOf('/') + 1);
  }

  private List<RunInfo.Model> models() {
    List<RunInfo.Model> models = new ArrayList<>();
    long theta = size(roundFile(ServerSpec.PROXY), "");
    long llmLora = size(roundFile(ServerSpec.STATE), "llm/");
    models.add(model("LLM", RunModels.llm(context), llmLora));
    models.add(model("DPM", RunModels.dpm(context), theta));
    List<Entry> slms = RunModels.slms(context);
    for (int device = 0; device < settings.data().devices(); device++) {
      Entry slm = slms.get(device % slms.size());
      boolean full = settings.cotune().edge().slm().tuning() == TuningScope.FULL;
      models.add(model("SLM of device " + device, slm, full ? slm.parameters() : 0));
    }
    return models;
  }

  private String roundFile(String name) {
    return context.store().roundPath(settings.cotune().rounds(), name);
  }

  /** Elements of the tensors whose names start with a prefix; a baseline may have no such file. */
  private long size(String path, String prefix) {
    if (!HadoopFiles.exists(path, context.store().hadoopConfiguration())) {
      return 0;
    }
    byte[] bytes = HadoopFiles.read(path, context.store().hadoopConfiguration());
    return Safetensors.fromBytes(bytes).entrySet().stream()
        .filter(tensor -> tensor.getKey().startsWith(prefix))
        .mapToLong(tensor -> tensor.getValue().size())
        .sum();
  }

  private static RunInfo.Model model(String role, Entry entry, long tuned) {
    return new RunInfo.Model(
        role,
        entry.name(),
        entry.family(),
        entry.parameters(),
        tuned,
        "tokenizer.json",
        entry.vocabSize());
  }

  private void data() {
    add("Data", "source", settings.data().source().kind());
    add("Data", "edge devices", settings.data().devices());
    add("Data", "Dirichlet alpha", settings.data().alpha());
    add("Data", "questions of the SLMs", settings.evaluation().split().deviceSplit());
  }

  private void method() {
    CotuneSettings cotune = settings.cotune();
    add("Method", "strategy", cotune.strategy().label());
    add("Method", "rounds", cotune.rounds());
    add("Method", "SLM tuning", cotune.edge().slm().tuning().name().toLowerCase(Locale.ROOT));
    if (cotune.strategy() == StrategyName.CO_PLMS) {
      mutualLearning(cotune);
    }
  }

  private void mutualLearning(CotuneSettings cotune) {
    add("Method", "merge rule", cotune.merge().name().toLowerCase(Locale.ROOT));
    add("Method", "DPM's LoRA (theta)", "rank %d".formatted(cotune.theta().rank()));
    add("Method", "DST steps a round", cotune.edge().dst().steps());
    add("Method", "SAML steps a round", cotune.edge().saml().steps());
    add("Method", "lambda, DPM to SLM", cotune.edge().saml().slmLambda());
    add("Method", "lambda, SLM to DPM", cotune.edge().saml().dpmLambda());
    add("Method", "temperature", cotune.edge().saml().temperature());
    add("Method", "top K", cotune.edge().saml().topK());
    add("Method", "rehearsal steps a round", cotune.edge().rehearsal().steps());
    add("Method", "pairs the DPM writes for the LLM a round", cotune.server().generated());
  }

  private void machine(JsonNode versions) {
    add("Machine", "threads of an edge task", settings.compute().edgeThreads());
    add("Machine", "threads of a server task", settings.compute().serverThreads());
    versions.fields().forEachRemaining(v -> add("Machine", v.getKey(), v.getValue().asText()));
  }

  private void add(String group, String name, Object value) {
    lines.add(new RunInfo.Setting(group, name, String.valueOf(value)));
  }
}
