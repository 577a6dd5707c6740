package org.coplms.jobs.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.coplms.jobs.config.ConfigJson;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.store.RunIdentity;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.RunStoreException;
import org.coplms.udfs.store.HadoopFiles;

/**
 * A comparison's folder: {@code bases/} holds prepared data and models, one run folder for each
 * seed and setting of them; {@code cells/} one run folder for each method and seed, over its base.
 *
 * @param root on any file system that Hadoop knows
 * @param versions of what computes
 */
public record Folder(String root, SortedMap<String, String> versions, Configuration files) {
  private static final Set<String> SESSION = Set.of("spark");

  /** What data, models and their untuned answers do not depend on. */
  private static final Set<String> TUNING = Set.of("spark", "cotune");

  private static final int NAME_DIGITS = 8;

  /**
   * A run with what it needs: over its base where it is a cell of a comparison, else as it is.
   *
   * @throws RunStoreException when it is a cell and its base is not there
   */
  public static RunStore completed(
      RunStore run, Settings settings, SortedMap<String, String> versions) {
    Configuration files = run.hadoopConfiguration();
    RunIdentity identity = identity(settings, versions, TUNING);
    return baseOf(run.root(), files)
        .map(base -> run.over(RunStore.open(base, identity, files)))
        .orElse(run);
  }

  /** The base of a cell with these settings. */
  RunStore base(Settings settings) {
    RunIdentity identity = identity(settings, versions, TUNING);
    String seed = "seed-%d".formatted(settings.seed());
    String name = "%s-%s".formatted(seed, identity.fingerprint().substring(0, NAME_DIGITS));
    Path bases = new Path(root, "bases");
    String folder =
        candidates(bases, seed, files).stream()
            .filter(base -> isSame(base, identity.configuration(), files))
            .findFirst()
            .orElse(root + "/bases/" + name);
    return RunStore.open(folder, identity, files);
  }

  /** The cell of a method with these settings, over its base. */
  RunStore cell(String method, Settings settings) {
    String name = "seed-%d/%s".formatted(settings.seed(), method);
    return RunStore.open(root + "/cells/" + name, identity(settings, versions, SESSION), files)
        .over(base(settings));
  }

  /**
   * The base of a cell, found among those of its seed by what was recorded of both; empty where the
   * folder is no cell of a comparison.
   *
   * @throws RunStoreException when it is one, and its base is not there
   */
  public static Optional<String> baseOf(String cell, Configuration files) {
    Path folder = new Path(cell);
    Path seed = folder.getParent();
    if (seed == null || seed.getParent() == null || !seed.getParent().getName().equals("cells")) {
      return Optional.empty();
    }
    Path bases = new Path(seed.getParent().getParent(), "bases");
    Optional<ObjectNode> wanted = RunStore.recordedConfiguration(cell, TUNING, files);
    return candidates(bases, seed.getName(), files).stream()
        .filter(
            base -> wanted.filter(configuration -> isSame(base, configuration, files)).isPresent())
        .findFirst()
        .or(
            () -> {
              throw new RunStoreException(
                  "%s is a cell of a comparison, but its data and models are not in %s; copy that folder too"
                      .formatted(cell, bases));
            });
  }

  private static List<String> candidates(Path bases, String seed, Configuration files) {
    try {
      FileSystem system = HadoopFiles.fileSystem(bases, files);
      FileStatus[] found = system.globStatus(new Path(bases, seed + "-*"));
      return found == null
          ? List.of()
          : Arrays.stream(found).map(status -> status.getPath().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot list " + bases + ": " + e.getMessage(), e));
    }
  }

  /** Whether a base was made with this configuration, which may lack keys that came later. */
  private static boolean isSame(String base, ObjectNode wanted, Configuration files) {
    return RunStore.recordedConfiguration(base, TUNING, files)
        .map(
            made ->
                ConfigJson.differences(
                    made, ConfigJson.without(wanted, TUNING), Settings.defaults()))
        .filter(List::isEmpty)
        .isPresent();
  }

  private static RunIdentity identity(
      Settings settings, SortedMap<String, String> versions, Set<String> incidental) {
    return new RunIdentity(
        ConfigJson.tree(settings), settings.seed(), versions, incidental, Settings.defaults());
  }
}
