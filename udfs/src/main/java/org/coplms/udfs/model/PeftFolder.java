package org.coplms.udfs.model;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.udfs.store.HadoopFiles;

/** A LoRA in PEFT's layout, on any Hadoop file system. */
public final class PeftFolder {
  private PeftFolder() {}

  /**
   * Reads a LoRA.
   *
   * @throws IllegalArgumentException naming the folder, when it holds another adapter than a plain
   *     LoRA
   * @throws UncheckedIOException naming the file that is missing
   */
  public static PeftAdapter read(String folder, Configuration files) {
    byte[] config = HadoopFiles.read(folder + "/" + PeftAdapter.CONFIG, files);
    byte[] weights = HadoopFiles.read(folder + "/" + PeftAdapter.WEIGHTS, files);
    try {
      return PeftAdapter.parse(
          new String(config, StandardCharsets.UTF_8), Safetensors.fromBytes(weights));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(folder + ": " + e.getMessage(), e);
    }
  }
}
