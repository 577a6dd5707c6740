package org.coplms.jobs.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException.Parse;
import com.typesafe.config.ConfigException.UnresolvedSubstitution;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The configuration's layers: flags over the user's file over {@code reference.conf}. All keys live
 * under {@code coplms}.
 */
public final class ConfigLayers {
  /** The object that holds every key. */
  public static final String ROOT = "coplms";

  /** The object under it that only comparisons read. */
  private static final String COMPARE = ROOT + ".compare";

  private static final String FOLDER = "org/coplms/conf/";

  private final Config given;
  private final Config defaults;

  private ConfigLayers(Config given, Config defaults) {
    this.given = given;
    this.defaults = defaults;
  }

  /**
   * Flags over the defaults.
   *
   * @param flags values by key, with or without {@code coplms.} in front; lists, objects and quoted
   *     texts in HOCON, all else literally
   */
  public static ConfigLayers ofDefaults(Map<String, String> flags) {
    return new ConfigLayers(flags(flags), resource("reference.conf"));
  }

  /**
   * Flags over the user's file over the defaults.
   *
   * @throws ConfigException if the file is missing or cannot be parsed
   */
  public static ConfigLayers ofFile(Map<String, String> flags, Path file) {
    return new ConfigLayers(flags(flags).withFallback(file(file)), resource("reference.conf"));
  }

  /** Flags over a file of {@code conf/} over the defaults. */
  public static ConfigLayers ofProfile(Map<String, String> flags, String profile) {
    return new ConfigLayers(
        flags(flags).withFallback(resource(profile)), resource("reference.conf"));
  }

  /**
   * Flags over the configuration that a run folder was made with.
   *
   * @param recorded what {@link ConfigJson#tree} gave then
   * @param run the folder, for messages
   */
  public static ConfigLayers ofRecorded(Map<String, String> flags, JsonNode recorded, String run) {
    Config made =
        ConfigFactory.parseString(
            recorded.toString(),
            ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.JSON)
                .setOriginDescription(run + "/run.json"));
    return new ConfigLayers(
        flags(flags).withFallback(made.atPath(ROOT)), resource("reference.conf"));
  }

  /** For tests: layers from texts. */
  static ConfigLayers of(Config given, Config defaults) {
    return new ConfigLayers(given, defaults);
  }

  /**
   * Binds what stands under {@code coplms} to a run's records; comparisons have their own.
   *
   * @throws ConfigException with every problem of every layer
   */
  public <T extends Record> T bind(Class<T> type) {
    return bind(type, ROOT);
  }

  /**
   * Binds what stands under {@code coplms.compare}.
   *
   * @throws ConfigException with every problem of every layer
   */
  public CompareSettings bindComparison() {
    return bind(CompareSettings.class, COMPARE);
  }

  /** These layers under further settings, whose keys are as under {@code coplms}. */
  public ConfigLayers under(ConfigObject settings) {
    return new ConfigLayers(settings.atPath(ROOT).withFallback(given), defaults);
  }

  private <T extends Record> T bind(Class<T> type, String root) {
    try {
      refuseOtherRoots();
      Config resolved = given.withFallback(defaults).resolve();
      Config own = given.resolveWith(resolved);
      return root.equals(ROOT)
          ? RecordBinder.bind(type, resolved.withoutPath(COMPARE), own.withoutPath(COMPARE), root)
          : RecordBinder.bind(type, resolved, own, root);
    } catch (UnresolvedSubstitution e) {
      throw new ConfigException("cannot resolve a ${…}: " + e.getMessage(), e);
    }
  }

  private void refuseOtherRoots() {
    for (Map.Entry<String, ConfigValue> entry : given.root().entrySet()) {
      if (!entry.getKey().equals(ROOT)) {
        throw new ConfigException(
            List.of(
                "%s: unknown key; all keys stand under %s { … } (%s)"
                    .formatted(entry.getKey(), ROOT, Origins.place(entry.getValue().origin()))));
      }
    }
  }

  private static Config flags(Map<String, String> flags) {
    Config given = ConfigFactory.empty();
    for (Map.Entry<String, String> flag : flags.entrySet()) {
      given = flag(flag.getKey(), flag.getValue()).withFallback(given);
    }
    return given;
  }

  private static Config flag(String key, String value) {
    String origin = "flag -D " + key;
    String path = key.startsWith(ROOT + ".") ? key : ROOT + "." + key;
    try {
      Config parsed =
          value.matches("(?s)\\s*[\\[{\"].*")
              ? ConfigFactory.parseString(
                  "v = " + value, ConfigParseOptions.defaults().setOriginDescription(origin))
              : ConfigValueFactory.fromAnyRef(value, origin).atKey("v");
      return parsed.getValue("v").atPath(path);
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException(origin + "=" + value + ": " + e.getMessage(), e);
    }
  }

  private static Config file(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(List.of("configuration file not found: " + file));
    }
    try {
      return ConfigFactory.parseFile(
          file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (Parse e) {
      throw new ConfigException(
          "cannot parse %s: %s".formatted(Origins.place(e.origin()), reason(e)), e);
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static Config resource(String name) {
    return ConfigFactory.parseResources(
        ConfigLayers.class.getClassLoader(),
        FOLDER + name,
        ConfigParseOptions.defaults().setAllowMissing(false));
  }

  /** The parser's message without the origin that it repeats in front. */
  private static String reason(Parse e) {
    String prefix = e.origin().description() + ": ";
    return e.getMessage().startsWith(prefix)
        ? e.getMessage().substring(prefix.length())
        : e.getMessage();
  }
}
