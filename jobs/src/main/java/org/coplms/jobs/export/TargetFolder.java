package org.coplms.jobs.export;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tensor.TensorFiles;
import org.coplms.udfs.model.Companions;
import org.coplms.udfs.store.HadoopFiles;

/** The folder that an export writes, on any Hadoop file system. */
final class TargetFolder {
  static final String CARD = "README.md";
  static final String SERVING = "serving.properties";

  private static final List<String> OWN =
      List.of(
          TensorFiles.SINGLE,
          TensorFiles.INDEX,
          PeftAdapter.CONFIG,
          PeftAdapter.WEIGHTS,
          SavedAdapter.CONFIG,
          SavedAdapter.WEIGHTS,
          SERVING,
          CARD);

  private final String path;
  private final Configuration files;
  private final List<String> written = new ArrayList<>();

  private TargetFolder(String path, Configuration files) {
    this.path = path;
    this.files = files;
  }

  /**
   * Opens an empty folder, or one from which {@code force} lets the files of an earlier export be
   * deleted; files that no export writes stay.
   *
   * @param checkpoint folder that must stay as it is
   * @throws ExportException when the folder is not empty, or is the checkpoint's
   */
  static TargetFolder open(String path, String checkpoint, boolean force, Configuration files) {
    TargetFolder folder = new TargetFolder(qualified(path, files), files);
    if (folder.path.equals(qualified(checkpoint, files))) {
      throw new ExportException(
          "%s is the folder of the model under the tuned one, which must stay; give another with --out"
              .formatted(path));
    }
    List<String> names = HadoopFiles.names(folder.path, files);
    if (names.isEmpty()) {
      return folder;
    }
    if (!force) {
      throw new ExportException(
          "the folder %s is not empty (%s); give another with --out, or replace an earlier export with --force"
              .formatted(path, String.join(", ", names.subList(0, Math.min(3, names.size())))));
    }
    for (String name : names) {
      if (OWN.contains(name) || Companions.NAMES.contains(name) || TensorFiles.isShard(name)) {
        HadoopFiles.delete(folder.path + "/" + name, files);
      }
    }
    return folder;
  }

  private static String qualified(String path, Configuration files) {
    Path target = new Path(path);
    try {
      return HadoopFiles.fileSystem(target, files).makeQualified(target).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot open the folder %s: %s".formatted(path, e.getMessage()), e));
    }
  }

  String path() {
    return path;
  }

  /** Names of the files written so far. */
  List<String> written() {
    return List.copyOf(written);
  }

  void write(String name, String text) {
    HadoopFiles.write(path + "/" + name, text.getBytes(StandardCharsets.UTF_8), files);
    written.add(name);
  }

  /** A file's stream; the caller closes it. */
  OutputStream create(String name) {
    written.add(name);
    return HadoopFiles.create(path + "/" + name, files);
  }

  /** Copies those of a checkpoint's companions that there are, byte for byte. */
  void copyCompanions(String checkpoint) {
    written.addAll(Companions.copy(checkpoint, path, files));
  }
}
