package org.coplms.udfs.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.coplms.proxy.tensor.Precision;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.store.HadoopFiles;

/** A checkpoint folder as it is now, so that one that was overwritten is read again. */
public final class FolderState {
  private static final String CONFIG = "config.json";

  private FolderState() {}

  /**
   * The folder with the names, sizes and times of its files as revision.
   *
   * @param precision of the weights in memory
   * @throws IllegalArgumentException when it is no checkpoint folder
   */
  public static ModelLocation location(String folder, Precision precision, Configuration files) {
    Path path = new Path(folder);
    try {
      FileSystem system = HadoopFiles.fileSystem(path, files);
      if (!system.exists(path)) {
        throw new IllegalArgumentException("There is no model folder " + folder);
      }
      if (!system.exists(new Path(path, CONFIG))) {
        throw new IllegalArgumentException(
            "%s is no model: a checkpoint folder has %s, safetensors files and tokenizer.json"
                .formatted(folder, CONFIG));
      }
      FileStatus[] entries = system.listStatus(path);
      Arrays.sort(entries, Comparator.comparing(entry -> entry.getPath().getName()));
      StringBuilder revision = new StringBuilder();
      for (FileStatus entry : entries) {
        revision.append(
            "%s %d %d;"
                .formatted(entry.getPath().getName(), entry.getLen(), entry.getModificationTime()));
      }
      return new ModelLocation(
          system.makeQualified(path).toString(), revision.toString(), precision);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot look up the model " + folder + ": " + e.getMessage(), e));
    }
  }
}
