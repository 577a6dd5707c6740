package org.coplms.jobs.export;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.cotune.Strategy;
import org.coplms.jobs.export.ExportRequest.Device;
import org.coplms.jobs.export.ExportRequest.ServerModel;
import org.coplms.jobs.export.ExportRequest.Subject;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.SlmConfig;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.store.HadoopFiles;

/** Finds the tuned models of a run in its rounds. */
final class TunedModels {
  private final RunContext context;
  private final Settings settings;
  private final RunStore store;
  private final int round;

  /**
   * The models as a round left them.
   *
   * @throws ExportException when there is no such round
   * @throws org.coplms.jobs.store.RunStoreException when its files are not those that were written
   */
  TunedModels(RunContext context, int round) {
    this.context = context;
    this.settings = context.settings();
    this.store = context.store();
    this.round = round;
    List<Integer> rounds = store.committedRounds();
    if (!rounds.contains(round)) {
      throw new ExportException(
          "round %d is not in %s; choose one of %s with --round, or go on with `coplms cotune --run %s`"
              .formatted(round, store.root(), rounds, store.root()));
    }
    store.verifyRound(round);
  }

  /**
   * The last round of a run.
   *
   * @throws ExportException when there is none yet
   */
  static int lastRound(RunStore store) {
    return store
        .lastCommittedRound()
        .orElseThrow(
            () ->
                new ExportException(
                    "nothing is tuned in %s yet: it has no round; run `coplms cotune --run %s` first"
                        .formatted(store.root(), store.root())));
  }

  TunedModel find(Subject subject) {
    if (subject instanceof Device device) {
      return slm(device.id());
    }
    return subject == ServerModel.LLM
        ? server("LLM", "llm", located(settings.models().llm().name()), ModelNames.LLM_AFTER)
        : server("DPM", "dpm", located(RunModels.DPM), ModelNames.DPM);
  }

  private RunModels.Entry located(String name) {
    return new RunModels(store).located(name);
  }

  private TunedModel slm(int device) {
    int devices = settings.data().devices();
    if (device < 0 || device >= devices) {
      throw new ExportException(
          "there is no device %d: the run has %d, 0 to %d".formatted(device, devices, devices - 1));
    }
    List<String> slms = settings.deviceSlms();
    SlmConfig config = settings.cotune().edge().slm();
    KeptState state = KeptState.fromBytes(read(store.deviceStatePath(round, device)));
    SavedAdapter adapter = new SavedAdapter(config.adapter(), state.group("slm-adapter"));
    return new TunedModel(
        OptionalInt.of(device),
        "SLM of edge device " + device,
        "device-" + device,
        located(slms.get(device % slms.size())),
        lora(config.tuning(), config.lora()),
        state.group("slm"),
        Optional.of(adapter).filter(a -> !a.changesNothing()));
  }

  private TunedModel server(String label, String fileName, RunModels.Entry base, String name) {
    if (!(Strategy.of(context).serverModels(round).get(name) instanceof AnsweringModel.Tuned at)) {
      throw new ExportException(
          "the %s was not tuned in this run (cotune.strategy = %s, cotune.server.llm-steps = %d); its checkpoint is %s"
              .formatted(
                  label,
                  settings.cotune().strategy().label(),
                  settings.cotune().server().llmSteps(),
                  base.path()));
    }
    ThetaConfig tuned = at.tuned();
    return new TunedModel(
        OptionalInt.empty(),
        label,
        fileName,
        base,
        lora(tuned.scope(), tuned.lora()),
        tensors(at.path(), at.group()),
        Optional.empty());
  }

  private static Optional<LoraConfig> lora(TuningScope scope, LoraConfig config) {
    return scope == TuningScope.LORA ? Optional.of(config) : Optional.empty();
  }

  private SortedMap<String, HostTensor> tensors(String path, String group) {
    byte[] bytes = read(path);
    return group.isEmpty() ? Safetensors.fromBytes(bytes) : KeptState.fromBytes(bytes).group(group);
  }

  private byte[] read(String path) {
    Configuration files = store.hadoopConfiguration();
    return HadoopFiles.read(path, files);
  }
}
