package org.coplms.jobs.generate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.compare.Folder;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.store.RunIdentity;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.RunStoreException;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.server.ServerSpec;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The tuned models of a run folder, as its last round left them. Nothing is written there, and the
 * folder may have been moved or be a cell of a comparison.
 */
final class FinishedRun {
  private final RunStore store;
  private final Settings settings;
  private final RunModels models;
  private final Configuration files;

  private FinishedRun(RunStore store, Settings settings, Configuration files) {
    this.store = store;
    this.settings = settings;
    this.models = new RunModels(store);
    this.files = files;
  }

  static FinishedRun open(String folder, Configuration files) {
    String root = folder.replaceAll("/+$", "");
    ObjectNode recorded = recorded(root, files);
    RunStore own = reopened(root, recorded, files);
    RunStore store =
        Folder.baseOf(own.root(), files)
            .map(base -> own.over(reopened(base, recorded(base, files), files)))
            .orElse(own);
    Settings settings = ConfigLayers.ofRecorded(Map.of(), recorded, root).bind(Settings.class);
    return new FinishedRun(store, settings, files);
  }

  private static ObjectNode recorded(String root, Configuration files) {
    return RunStore.recordedConfiguration(root, Set.of(), files)
        .orElseThrow(
            () -> new RunStoreException(root + "/run.json is damaged: it has no configuration"));
  }

  private static RunStore reopened(String root, ObjectNode recorded, Configuration files) {
    return RunStore.open(root, new RunIdentity(recorded, 0, new TreeMap<>(), Set.of()), files);
  }

  /** The model of an edge device, or of the server. */
  ChosenModel choose(OptionalInt device, Optional<String> name) {
    String kind = name.orElse(device.isPresent() ? "slm" : "");
    int last = settings.data().devices() - 1;
    return switch (kind) {
      case "slm" ->
          slm(
              device.orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "--model-name slm needs --device, one of 0 to " + last)));
      case "llm" -> server(device, this::llm);
      case "dpm" -> server(device, this::dpm);
      default ->
          throw new IllegalArgumentException(
              "%s is a run folder with several models; choose with --device 0 to %d (an edge device's SLM), --model-name llm or --model-name dpm%s"
                  .formatted(
                      store.root(),
                      last,
                      kind.isEmpty() ? "" : "; got --model-name '%s'".formatted(kind)));
    };
  }

  private static ChosenModel server(OptionalInt device, Supplier<ChosenModel> model) {
    if (device.isPresent()) {
      throw new IllegalArgumentException(
          "--device chooses an edge device's SLM; leave it out for a model of the server");
    }
    return model.get();
  }

  private ChosenModel slm(int device) {
    int devices = settings.data().devices();
    if (device < 0 || device >= devices) {
      throw new IllegalArgumentException(
          "The run has the devices 0 to %d, got --device %d".formatted(devices - 1, device));
    }
    List<String> slms = settings.deviceSlms();
    String name = slms.get(device % slms.size());
    int round = lastRound();
    String state = RoundFolders.state(store.roundPath(round, "devices"), device);
    return chosen(
        "%s of device %d after round %d".formatted(name, device, round),
        state,
        new AnsweringModel.KeptSlm(location(name), settings.cotune().edge().slm(), state));
  }

  private ChosenModel llm() {
    String name = settings.models().llm().name();
    String state = store.roundPath(lastRound(), ServerSpec.STATE);
    return chosen(
        "%s after round %d".formatted(name, lastRound()),
        state,
        new AnsweringModel.Tuned(
            location(name), settings.cotune().server().tunedLlm(), state, "llm"));
  }

  private ChosenModel dpm() {
    String proxy = store.roundPath(lastRound(), ServerSpec.PROXY);
    return chosen(
        "%s after round %d".formatted(RunModels.DPM, lastRound()),
        proxy,
        new AnsweringModel.Tuned(
            location(RunModels.DPM), settings.cotune().thetaConfig(), proxy, ""));
  }

  private ChosenModel chosen(String name, String state, AnsweringModel model) {
    if (!HadoopFiles.exists(state, files)) {
      throw new IllegalArgumentException(
          "The run in %s (strategy %s) has no tuned weights of %s: there is no %s; models before tuning are in %s"
              .formatted(
                  store.root(), settings.cotune().strategy(), name, state, store.modelsPath()));
    }
    return new ChosenModel(name, model, settings.text().promptFormat());
  }

  private ModelLocation location(String name) {
    return models.located(name).location();
  }

  private int lastRound() {
    return store
        .lastCommittedRound()
        .orElseThrow(
            () ->
                new RunStoreException(
                    "the run in %s has no finished round; run `coplms cotune --run %s` first, or give the folder of a model in %s"
                        .formatted(store.root(), store.root(), store.modelsPath())));
  }
}
