package org.coplms.jobs.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
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
 * @param defaults the configuration of which nothing was set: a run that was recorded before there
 *     was a key is this run where the key has its default
 */
public record RunIdentity(
    ObjectNode configuration,
    long seed,
    SortedMap<String, String> versions,
    Set<String> incidental,
    ObjectNode defaults) {
  public RunIdentity {
    configuration = configuration.deepCopy();
    defaults = defaults.deepCopy();
    versions = new TreeMap<>(versions);
    incidental = Set.copyOf(incidental);
  }

  /** What a configuration says, where every key counts. */
  public RunIdentity(
      ObjectNode configuration,
      long seed,
      SortedMap<String, String> versions,
      Set<String> incidental) {
    this(configuration, seed, versions, incidental, JsonNodeFactory.instance.objectNode());
  }

  /** SHA-256 of the configuration without its incidental keys. */
  public String fingerprint() {
    return ConfigJson.fingerprint(essential());
  }

  ObjectNode essential() {
    return ConfigJson.without(configuration, incidental);
  }

  /** Keys in which a recorded run differs from this one, with both values. */
  List<String> differences(ObjectNode recorded) {
    return ConfigJson.differences(ConfigJson.without(recorded, incidental), essential(), defaults);
  }

  boolean isSame(RunIdentity other) {
    return ConfigJson.differences(other.essential(), essential()).isEmpty();
  }

  /** This run as it was recorded, so that fingerprints stay what they were. */
  RunIdentity as(ObjectNode recorded) {
    return new RunIdentity(recorded, seed, versions, incidental, defaults);
  }
}
