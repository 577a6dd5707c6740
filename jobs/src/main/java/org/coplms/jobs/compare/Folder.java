package org.coplms.jobs.compare;

import java.util.Set;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.config.ConfigJson;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.store.RunIdentity;
import org.coplms.jobs.store.RunStore;

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

  /** The base of a cell with these settings. */
  RunStore base(Settings settings) {
    RunIdentity identity = identity(settings, TUNING);
    String name =
        "seed-%d-%s".formatted(settings.seed(), identity.fingerprint().substring(0, NAME_DIGITS));
    return RunStore.open(root + "/bases/" + name, identity, files);
  }

  /** The cell of a method with these settings, over its base. */
  RunStore cell(String method, Settings settings) {
    String name = "seed-%d/%s".formatted(settings.seed(), method);
    return RunStore.open(root + "/cells/" + name, identity(settings, SESSION), files)
        .over(base(settings));
  }

  private RunIdentity identity(Settings settings, Set<String> incidental) {
    return new RunIdentity(ConfigJson.tree(settings), settings.seed(), versions, incidental);
  }
}
