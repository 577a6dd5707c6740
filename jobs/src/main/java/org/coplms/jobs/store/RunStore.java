package org.coplms.jobs.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.config.ConfigJson;

/**
 * One run's folder on any Hadoop file system.
 *
 * <p>A round exists once its {@code _COMMITTED} manifest does, which is written last and checks
 * itself; nothing relies on an atomic rename. Finished stages leave a marker with the fingerprint
 * of what they depended on. Only the driver writes here through this class; executors write the
 * files of the round in progress by path.
 */
public final class RunStore {
  private static final int MAX_LISTED = 8;

  private final RunFiles files;
  private final RunIdentity identity;
  private final Optional<RunStore> base;

  private RunStore(RunFiles files, RunIdentity identity, Optional<RunStore> base) {
    this.files = files;
    this.identity = identity;
    this.base = base;
  }

  /**
   * Opens a run folder, making it if there is none. Keys that its configuration lacks, since there
   * were none when it was recorded, stand for their defaults.
   *
   * @throws RunStoreException if the folder holds a run of another configuration (the differing
   *     keys are named) or something that is no run
   */
  public static RunStore open(String root, RunIdentity identity, Configuration configuration) {
    RunFiles files = new RunFiles(root, configuration);
    RunStore store = new RunStore(files, identity, Optional.empty());
    if (store.isNew()) {
      files.writeJson(RunLayout.RUN_JSON, store.runJson());
      return store;
    }
    RunIdentity recorded = identity.as(store.recordedOfThisRun());
    return identity.isSame(recorded) ? store : new RunStore(files, recorded, Optional.empty());
  }

  /**
   * The configuration that a run folder was made with, without its incidental keys; empty if there
   * is no run.
   */
  public static Optional<ObjectNode> recordedConfiguration(
      String root, Set<String> incidental, Configuration configuration) {
    return new RunFiles(root, configuration)
        .tryJson(RunLayout.RUN_JSON)
        .map(run -> run.path("configuration"))
        .filter(ObjectNode.class::isInstance)
        .map(recorded -> ConfigJson.without((ObjectNode) recorded, incidental));
  }

  /** This run over another one's data and models, whose finished stages count as finished here. */
  public RunStore over(RunStore other) {
    return new RunStore(files, identity, Optional.of(other));
  }

  /** The run whose data and models this one uses: itself, unless it stands over another. */
  public RunStore base() {
    return base.orElse(this);
  }

  /** The folder as an absolute URI, without a slash at its end. */
  public String root() {
    return files.path("");
  }

  /** An absolute path below the run folder, for Spark and for executors. */
  public String path(String relative) {
    return files.path(relative);
  }

  public String dataPath() {
    return base().files.path(RunLayout.DATA);
  }

  public String logitsPath() {
    return files.path(RunLayout.LOGITS);
  }

  public String modelsPath() {
    return base().files.path(RunLayout.MODELS);
  }

  public String predictionsPath() {
    return files.path(RunLayout.PREDICTIONS);
  }

  public String reportPath() {
    return files.path(RunLayout.REPORT);
  }

  public String ledgerPath() {
    return files.path(RunLayout.LEDGER);
  }

  public String metricsPath() {
    return files.path(RunLayout.METRICS_JSON);
  }

  public String logsPath() {
    return files.path(RunLayout.LOGS);
  }

  /** {@code <run>/rounds/0003}. */
  public String roundPath(int round) {
    return files.path(RunLayout.round(round));
  }

  /** {@code <run>/rounds/0003/<name>}. */
  public String roundPath(int round, String name) {
    return files.path(RunLayout.round(round) + "/" + name);
  }

  /** {@code <run>/rounds/0003/devices/<id>.safetensors}. */
  public String deviceStatePath(int round, int deviceId) {
    return roundPath(round, "devices/" + deviceId + ".safetensors");
  }

  /** How to reach the file system; executors get it as a SerializableConfiguration. */
  public Configuration hadoopConfiguration() {
    return files.configuration();
  }

  /** Fingerprint of the configuration, without its incidental keys. */
  public String fingerprint() {
    return identity.fingerprint();
  }

  public boolean exists(String relative) {
    return files.exists(relative);
  }

  public byte[] read(String relative) {
    return files.read(relative);
  }

  public void write(String relative, byte[] bytes) {
    files.write(relative, bytes);
  }

  public void delete(String relative) {
    files.delete(relative);
  }

  public JsonNode readJson(String relative) {
    return files.readJson(relative);
  }

  public void writeJson(String relative, JsonNode tree) {
    files.writeJson(relative, tree);
  }

  // Rounds

  /** The newest committed round; empty before the first. */
  public OptionalInt lastCommittedRound() {
    return committedRounds().stream().mapToInt(Integer::intValue).max();
  }

  /** All committed rounds, in order. */
  public List<Integer> committedRounds() {
    List<Integer> rounds = new ArrayList<>();
    for (String name : files.names(RunLayout.ROUNDS)) {
      if (name.matches("\\d{4,9}") && manifest(Integer.parseInt(name)).isPresent()) {
        rounds.add(Integer.parseInt(name));
      }
    }
    Collections.sort(rounds);
    return rounds;
  }

  /**
   * Clears what a crash may have left of a round that was never committed, and returns its path.
   */
  public String beginRound(int round) {
    if (manifest(round).isPresent()) {
      throw new IllegalStateException("Round " + round + " of " + root() + " is committed");
    }
    files.delete(RunLayout.round(round));
    return roundPath(round);
  }

  /** Makes a round exist: lists its files with sizes and checksums, and writes that list last. */
  public RoundManifest commitRound(int round) {
    List<StoredFile> stored = new ArrayList<>(files.filesBelow(RunLayout.round(round)));
    stored.removeIf(file -> file.name().equals(RunLayout.COMMITTED));
    if (stored.isEmpty()) {
      throw new IllegalStateException("Round " + round + " of " + root() + " has no files");
    }
    RoundManifest manifest = new RoundManifest(round, fingerprint(), stored);
    files.writeJson(RunLayout.round(round) + "/" + RunLayout.COMMITTED, manifest.toJson());
    return manifest;
  }

  /** A round's manifest; empty if the round is not committed. */
  public Optional<RoundManifest> manifest(int round) {
    String relative = RunLayout.round(round) + "/" + RunLayout.COMMITTED;
    return files.tryJson(relative).flatMap(RoundManifest::fromJson);
  }

  /**
   * Checks that a committed round's files are those that were committed.
   *
   * @throws RunStoreException naming the file and the remedy
   */
  public RoundManifest verifyRound(int round) {
    RoundManifest manifest =
        manifest(round)
            .orElseThrow(
                () ->
                    new RunStoreException(
                        "Round %d of %s is not committed".formatted(round, root())));
    if (!manifest.configuration().equals(fingerprint())) {
      throw damaged(round, RunLayout.COMMITTED, "is of another configuration");
    }
    for (StoredFile expected : manifest.files()) {
      String problem = problem(RunLayout.round(round) + "/" + expected.name(), expected);
      if (problem != null) {
        throw damaged(round, expected.name(), problem);
      }
    }
    return manifest;
  }

  // Stages

  /** Whether a stage has finished with these inputs. */
  public boolean stageDone(String stage, String inputs) {
    return stageMarker(stage).filter(marker -> marker.inputs().equals(inputs)).isPresent()
        || base.filter(other -> other.stageDone(stage, other.fingerprint())).isPresent();
  }

  /** The marker of a finished stage. */
  public Optional<StageMarker> stageMarker(String stage) {
    return files.tryJson(RunLayout.stage(stage)).map(StageMarker::fromJson);
  }

  public void markStageDone(StageMarker marker) {
    files.writeJson(RunLayout.stage(marker.stage()), marker.toJson());
  }

  public void forgetStage(String stage) {
    files.delete(RunLayout.stage(stage));
  }

  // run.json

  /** Adds hashes of models and tokenizers to {@code run.json}. */
  public void recordHashes(Map<String, String> hashes) {
    ObjectNode run = (ObjectNode) files.readJson(RunLayout.RUN_JSON);
    ObjectNode all = run.withObject("/hashes");
    hashes.forEach(all::put);
    files.writeJson(RunLayout.RUN_JSON, run);
  }

  private ObjectNode runJson() {
    ObjectNode run = JsonNodeFactory.instance.objectNode();
    run.put("format", 1);
    run.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    run.put("seed", identity.seed());
    run.put("fingerprint", fingerprint());
    identity.versions().forEach(run.withObject("/versions")::put);
    run.set("configuration", identity.configuration());
    return run;
  }

  private ObjectNode recordedOfThisRun() {
    JsonNode run = files.readJson(RunLayout.RUN_JSON);
    if (!(run.path("configuration") instanceof ObjectNode recorded)) {
      throw new RunStoreException(
          root() + "/run.json is damaged: it has no configuration; use another run folder");
    }
    List<String> differences = identity.differences(recorded);
    if (!differences.isEmpty()) {
      throw new RunStoreException(
          "the run folder %s holds a run of another configuration: %s; give the same configuration, or another folder with --run"
              .formatted(root(), listed(differences)));
    }
    return recorded;
  }

  /** Whether the folder has nothing to lose: it is empty, or the first write was cut short. */
  private boolean isNew() {
    List<String> names = new ArrayList<>(files.names(""));
    names.remove(RunLayout.LOGS);
    if (names.equals(List.of(RunLayout.RUN_JSON))) {
      return files.tryJson(RunLayout.RUN_JSON).isEmpty();
    }
    if (!names.isEmpty() && !names.contains(RunLayout.RUN_JSON)) {
      throw new RunStoreException(
          "the folder %s is not empty and holds no run (no run.json; found %s); give another folder with --run"
              .formatted(root(), String.join(", ", names.subList(0, Math.min(3, names.size())))));
    }
    return names.isEmpty();
  }

  private static String listed(List<String> differences) {
    int rest = differences.size() - MAX_LISTED;
    return String.join("; ", differences.subList(0, Math.min(MAX_LISTED, differences.size())))
        + (rest > 0 ? "; and " + rest + " more" : "");
  }

  private String problem(String relative, StoredFile expected) {
    if (!files.exists(relative)) {
      return "is missing";
    }
    long bytes = files.length(relative);
    if (bytes != expected.bytes()) {
      return "has %d bytes, %d were committed".formatted(bytes, expected.bytes());
    }
    return files.sha256(relative).equals(expected.sha256()) ? null : "has other content";
  }

  private RunStoreException damaged(int round, String name, String problem) {
    return new RunStoreException(
        "round %d of %s is damaged: %s %s; restore the file, or delete %s and every later round to go on from the round before"
            .formatted(round, root(), name, problem, RunLayout.round(round)));
  }
}
