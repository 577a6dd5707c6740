package org.coplms.proxy.lm;

import ai.djl.ndarray.NDManager;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.TensorFiles;
import org.coplms.proxy.tensor.WeightIndex;
import org.coplms.proxy.tensor.Weights;

/**
 * A model on a local disk as Hugging Face keeps it: {@code config.json} with {@code
 * model.safetensors}, or with shards and {@code model.safetensors.index.json}.
 */
public final class Checkpoint {
  /** The configuration's file name. */
  public static final String CONFIG = "config.json";

  /** The weights' file name where they are in one file. */
  public static final String WEIGHTS = TensorFiles.SINGLE;

  private Checkpoint() {}

  /**
   * Reads a model; its arrays belong to {@code owner}.
   *
   * @throws IllegalArgumentException naming the file and what is wrong with it
   * @throws UncheckedIOException when a file cannot be read
   */
  public static LanguageModel load(Path dir, NDManager owner) {
    LmConfig config = LmConfig.read(dir.resolve(CONFIG));
    Weights weights = weights(dir);
    try {
      return LanguageModel.of(config, weights, Precision.FLOAT32, owner);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(dir + ": " + e.getMessage(), e);
    }
  }

  /**
   * The weights of a folder, which stay in their files until they are asked for.
   *
   * @throws IllegalArgumentException naming the file and what is wrong with it
   * @throws UncheckedIOException when a file is missing or cannot be read
   */
  public static Weights weights(Path dir) {
    Path single = dir.resolve(TensorFiles.SINGLE);
    if (Files.exists(single)) {
      return TensorFiles.open(single);
    }
    Path index = dir.resolve(TensorFiles.INDEX);
    if (!Files.exists(index)) {
      throw new UncheckedIOException(
          new FileNotFoundException(missing(dir.toString(), Files.exists(dir.resolve(PICKLED)))));
    }
    try {
      return TensorFiles.open(
          WeightIndex.parse(Files.readString(index), index.toString()), dir::resolve);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + index, e);
    }
  }

  /** Name of weights that Python alone can read. */
  public static final String PICKLED = "pytorch_model.bin";

  /** Says that a folder has no weights, and what to do when it has a {@link #PICKLED} file. */
  public static String missing(String folder, boolean pickled) {
    return "%s has neither %s nor %s%s"
        .formatted(
            folder,
            TensorFiles.SINGLE,
            TensorFiles.INDEX,
            pickled
                ? "; its %s is Python's own format: load it with transformers and call save_pretrained with safe_serialization=True"
                    .formatted(PICKLED)
                : "; check the path, or wait until it is written");
  }

  /** Writes both, replacing them; the folder is created. */
  public static void save(Path dir, LmConfig config, Map<String, HostTensor> weights) {
    save(dir, config, Weights.of(weights), TensorFiles.MAX_SHARD_BYTES);
  }

  /** The same with weights of any size, in shards of at most {@code maxShardBytes}. */
  public static void save(Path dir, LmConfig config, Weights weights, long maxShardBytes) {
    try {
      Files.createDirectories(dir);
      Files.writeString(dir.resolve(CONFIG), config.toJson());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the model to " + dir, e);
    }
    TensorFiles.write(
        WeightNames.matched(config, weights),
        maxShardBytes,
        name -> Files.newOutputStream(dir.resolve(name)));
  }
}
