package org.coplms.udfs.model;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.udfs.store.HadoopFiles;

/** A task's metrics as one JSON file in the run store. */
public final class MetricsFile {
  private static final JsonMapper JSON = new JsonMapper();

  private MetricsFile() {}

  /** Replaces the file. */
  public static void write(String path, List<Metrics.Row> rows, Configuration configuration) {
    try {
      HadoopFiles.write(path, JSON.writeValueAsBytes(rows), configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static List<Metrics.Row> read(String path, Configuration configuration) {
    try {
      return JSON.readValue(
          HadoopFiles.read(path, configuration), new TypeReference<List<Metrics.Row>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("Damaged metrics file " + path, e);
    }
  }
}
