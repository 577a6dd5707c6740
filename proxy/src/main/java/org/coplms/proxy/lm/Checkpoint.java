package org.coplms.proxy.lm;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;

/** A model on disk as Hugging Face keeps it: {@code config.json} and {@code model.safetensors}. */
public final class Checkpoint {
  /** The configuration's file name. */
  public static final String CONFIG = "config.json";

  /** The weights' file name. */
  public static final String WEIGHTS = "model.safetensors";

  private Checkpoint() {}

  /**
   * Reads a model; its arrays belong to {@code owner}.
   *
   * @throws IllegalArgumentException naming the file and what is wrong with it
   * @throws UncheckedIOException when a file cannot be read
   */
  public static LanguageModel load(Path dir, NDManager owner) {
    Path weights = dir.resolve(WEIGHTS);
    LmConfig config = LmConfig.read(dir.resolve(CONFIG));
    Map<String, HostTensor> tensors = Safetensors.read(weights);
    try {
      return LanguageModel.of(config, tensors, owner);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(weights + ": " + e.getMessage(), e);
    }
  }

  /** Writes both files, replacing them; the folder is created. */
  public static void save(Path dir, LmConfig config, Map<String, HostTensor> weights) {
    try {
      Files.createDirectories(dir);
      Files.writeString(dir.resolve(CONFIG), config.toJson());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the model to " + dir, e);
    }
    Safetensors.write(
        WeightNames.matched(config, weights), Map.of("format", "pt"), dir.resolve(WEIGHTS));
  }
}
