package org.coplms.jobs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.jobs.config.ConfigJson;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.store.RunIdentity;
import picocli.CommandLine.IVersionProvider;

/** Versions of what computes, as the build and the process know them. */
final class Versions implements IVersionProvider {
  /** Keys that change no result. */
  static final Set<String> INCIDENTAL = Set.of("spark");

  @Override
  public String[] getVersion() {
    SortedMap<String, String> versions = all();
    return new String[] {
      "coplms " + versions.get("coplms"),
      "Spark %s, DJL %s, PyTorch %s, Java %s"
          .formatted(
              versions.get("spark"),
              versions.get("djl"),
              versions.get("pytorch"),
              versions.get("java"))
    };
  }

  static SortedMap<String, String> all() {
    Properties built = new Properties();
    try (InputStream in =
        Versions.class.getResourceAsStream("/org/coplms/jobs/versions.properties")) {
      built.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SortedMap<String, String> versions = new TreeMap<>();
    built.stringPropertyNames().forEach(name -> versions.put(name, built.getProperty(name)));
    versions.put("java", Runtime.version().toString());
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    return versions;
  }

  static RunIdentity identity(Settings settings) {
    return new RunIdentity(
        ConfigJson.tree(settings), settings.seed(), all(), INCIDENTAL, Settings.defaults());
  }
}
