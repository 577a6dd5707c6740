package org.coplms.udfs.model;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.udfs.store.HadoopFiles;

/** The files of a checkpoint that stay as they are when its weights change. */
public final class Companions {
  /** Their names; a checkpoint has some of them. */
  public static final List<String> NAMES =
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

  private Companions() {}

  /**
   * Copies those that there are, byte for byte.
   *
   * @return their names
   * @throws UncheckedIOException naming the file that cannot be copied
   */
  public static List<String> copy(String from, String to, Configuration files) {
    List<String> copied = new ArrayList<>();
    for (String name : NAMES) {
      String source = from + "/" + name;
      if (HadoopFiles.exists(source, files)) {
        HadoopFiles.copy(source, to + "/" + name, files);
        copied.add(name);
      }
    }
    return copied;
  }
}
