package org.coplms.jobs.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tensor.TensorFiles;
import org.coplms.udfs.store.HadoopFiles;

/** The folder that an export writes, on any Hadoop file system. */
final class TargetFolder {
  static final String CARD = "README.md";
  static final String SERVING = "serving.properties";

  /** What a checkpoint may have beside its weights, and what belongs to its merged successor. */
  static final List<String> COMPANIONS =
      List.of(
          Checkpoint.CONFIG,
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "chat_template.jinja",
          "LICENSE",
          "LICENSE.txt",
          "NOTICE");

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
   * @throws ExportException when the folder is not empty, or is a file
   */
  static TargetFolder open(String path, boolean force, Configuration files) {
    TargetFolder folder = new TargetFolder(qualified(path, files), files);
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
      if (OWN.contains(name) || COMPANIONS.contains(name) || TensorFiles.isShard(name)) {
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
    for (String name : COMPANIONS) {
      Path source = new Path(checkpoint, name);
      if (HadoopFiles.exists(source.toString(), files)) {
        try (InputStream in = HadoopFiles.fileSystem(source, files).open(source);
            OutputStream out = create(name)) {
          in.transferTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(
              new IOException("Cannot copy %s: %s".formatted(source, e.getMessage()), e));
        }
      }
    }
  }
}
