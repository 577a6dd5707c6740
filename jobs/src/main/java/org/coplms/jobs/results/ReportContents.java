package org.coplms.jobs.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.cotune.RoundMetrics;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.report.DomainMix;
import org.coplms.jobs.report.ReportData;
import org.coplms.jobs.report.ResultTable;
import org.coplms.jobs.report.Traffic;
import org.coplms.jobs.store.Ledger;
import org.coplms.proxy.metric.Scores;

/** What the report shows of a run, gathered from its folder. */
final class ReportContents {
  private static final int FLOAT_BYTES = 4;

  private final RunContext context;
  private final RunResults results;
  private final Settings settings;
  private final List<RunModels.Entry> slms;

  private ReportContents(RunContext context, RunResults results) {
    this.context = context;
    this.results = results;
    this.settings = context.settings();
    this.slms = RunModels.slms(context);
  }

  static ReportData of(RunContext context, RunResults results) {
    return new ReportContents(context, results).build();
  }

  private ReportData build() {
    return new ReportData(
        new RunDescription(context).info(),
        table(),
        new RoundMetrics(context).readAll(),
        mix(),
        traffic(),
        SampleQuestions.choose(context),
        StageTimes.of(context.store()),
        notes());
  }

  private ResultTable table() {
    SortedMap<Integer, Scores> before = results.byDevice(ModelNames.SLM_BEFORE);
    SortedMap<Integer, Scores> alone = results.byDevice(ModelNames.SLM_ALONE);
    SortedMap<Integer, Scores> cotuned = results.byDevice(ModelNames.SLM_AFTER);
    List<ResultTable.Device> devices = new ArrayList<>();
    for (int device : before.keySet()) {
      devices.add(
          new ResultTable.Device(
              device,
              slms.get(device % slms.size()).name(),
              Optional.ofNullable(before.get(device)),
              Optional.ofNullable(alone.get(device)),
              Optional.ofNullable(cotuned.get(device))));
    }
    List<ResultTable.Server> servers = new ArrayList<>();
    for (ResultTable.Slice slice : ResultTable.Slice.values()) {
      servers.add(server("LLM", slice, ModelNames.LLM_BEFORE, ModelNames.LLM_AFTER));
    }
    for (ResultTable.Slice slice : ResultTable.Slice.values()) {
      servers.add(server("DPM", slice, ModelNames.DPM_BEFORE, ModelNames.DPM));
    }
    return new ResultTable(devices, servers);
  }

  private ResultTable.Server server(
      String model, ResultTable.Slice slice, String before, String after) {
    return new ResultTable.Server(model, slice, slice(slice, before), slice(slice, after));
  }

  private Optional<Scores> slice(ResultTable.Slice slice, String model) {
    return switch (slice) {
      case ALL -> results.all(model);
      case KNOWN -> results.known(model);
      case DEVICE_ONLY -> results.deviceOnly(model);
    };
  }

  private DomainMix mix() {
    return DomainMix.of(
        results.statistics(), settings.data().devices(), results.deviceOnlyDomains());
  }

  /** What sending whole models instead of θ would cost each round, both ways. */
  private Traffic traffic() {
    int devices = settings.data().devices();
    long slmBytes = 0;
    for (int device = 0; device < devices; device++) {
      slmBytes += FLOAT_BYTES * slms.get(device % slms.size()).parameters();
    }
    long llmBytes = (long) devices * FLOAT_BYTES * RunModels.llm(context).parameters();
    long dpmBytes = (long) devices * FLOAT_BYTES * RunModels.dpm(context).parameters();
    return new Traffic(
        new Ledger(context.store()).crossings(),
        List.of(
            new Traffic.Alternative("all LLM weights", llmBytes, llmBytes),
            new Traffic.Alternative("all DPM weights", dpmBytes, dpmBytes),
            new Traffic.Alternative("all SLM weights", slmBytes, slmBytes)));
  }

  private List<String> notes() {
    CotuneSettings cotune = settings.cotune();
    List<String> notes = new ArrayList<>();
    notes.add(
        "Co-PLMs (arXiv 2511.11678) gives the roles of DPM, DST and SAML; losses, alignment and settings are prior art or this project's own.");
    if (cotune.edge().rehearsal().enabled() || cotune.server().generated() > 0) {
      notes.add(
          "Rehearsal on pairs that the DPM generates is this project's extension and not part of the paper.");
    }
    notes.add(
        "Tuned alone: the same SLM on its device's examples only, for as many processed tokens.");
    notes.add(
        "No differential privacy and no secure aggregation were active; text that a proxy generates can reveal training prompts of devices.");
    return notes;
  }
}
