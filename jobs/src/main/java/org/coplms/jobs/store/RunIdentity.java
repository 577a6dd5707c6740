package org.coplms.jobs.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.jobs.config.ConfigJson;

/**
 * What makes a run this run and no other.
 *
 * @param configuration the resolved configuration
 * @param seed of the run
 * @param versions of what computes: java, spark, djl, …
 * @param incidental dotted keys that change no result and may differ when a run goes on (the Spark
 *     session, the report)
 */
public record RunIdentity(
    ObjectNode configuration,
    long seed,
    SortedMap<String, String> versions,
    Set<String> incidental) {
  public RunIdentity {
    configuration = configuration.deepCopy();
    versions = new TreeMap<>(versions);
    incidental = Set.copyOf(incidental);
  }

  /** SHA-256 of the configuration without its incidental keys. */
  public String fingerprint() {
    return ConfigJson.fingerprint(essential());
  }

  ObjectNode essential() {
    return ConfigJson.without(configuration, incidental);
  }
}
