package org.coplms.udfs.model;

import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.TensorFiles;
import org.coplms.proxy.tensor.WeightIndex;
import org.coplms.proxy.tensor.Weights;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizerFiles;
import org.coplms.proxy.train.BaseModel;
import org.coplms.udfs.store.HadoopFiles;
import org.coplms.udfs.store.LocalCopies;

/** A checkpoint folder in Hugging Face's layout, on any Hadoop file system. */
public final class ModelFolder {
  private static final String TOKENIZER = "tokenizer.json";

  /** What a tokenizer may have beside its own file. */
  private static final List<String> COMPANIONS =
      List.of(
          "tokenizer_config.json",
          "special_tokens_map.json",
          "generation_config.json",
          "chat_template.jinja");

  private ModelFolder() {}

  /** {@link #read(String, Precision, Configuration)} in single precision. */
  public static BaseModel read(String folder, Configuration configuration) {
    return read(folder, Precision.FLOAT32, configuration);
  }

  /**
   * Reads configuration and tokenizer, and opens the weights: they stay in their files, which are
   * copied to this machine first where they are not on it.
   *
   * @throws IllegalArgumentException when the three do not belong together
   * @throws UncheckedIOException when a file is missing
   */
  public static BaseModel read(String folder, Precision precision, Configuration configuration) {
    LmConfig config = config(folder, configuration);
    Weights weights = weights(folder, configuration);
    try {
      Weights named = LanguageModel.named(config, weights);
      return new BaseModel(config, named, tokenizer(folder, configuration), precision);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /** Reads the configuration alone. */
  public static LmConfig config(String folder, Configuration configuration) {
    return LmConfig.parse(text(folder, Checkpoint.CONFIG, configuration));
  }

  /**
   * Whether frozen weights will be pages of the folder's files, as far as its configuration says in
   * what type they are stored.
   */
  public static boolean isMapped(
      String folder, LmConfig config, Precision precision, Configuration configuration) {
    String stored = TorchDtype.of(text(folder, Checkpoint.CONFIG, configuration));
    return stored.equals(precision.hfName())
        && Weights.areLarge(LanguageModel.parameterCount(config) * precision.byteSize());
  }

  private static Weights weights(String folder, Configuration configuration) {
    return index(folder, configuration)
        .map(
            index ->
                TensorFiles.open(
                    index, shard -> LocalCopies.path(folder + "/" + shard, configuration)))
        .orElseGet(
            () ->
                TensorFiles.open(
                    LocalCopies.path(folder + "/" + TensorFiles.SINGLE, configuration)));
  }

  /** The index of a sharded checkpoint; empty for one in a single file. */
  private static Optional<WeightIndex> index(String folder, Configuration configuration) {
    if (HadoopFiles.exists(folder + "/" + TensorFiles.SINGLE, configuration)) {
      return Optional.empty();
    }
    String index = folder + "/" + TensorFiles.INDEX;
    if (!HadoopFiles.exists(index, configuration)) {
      boolean pickled = HadoopFiles.exists(folder + "/" + Checkpoint.PICKLED, configuration);
      throw new UncheckedIOException(
          new FileNotFoundException(Checkpoint.missing(folder, pickled)));
    }
    return Optional.of(WeightIndex.parse(text(folder, TensorFiles.INDEX, configuration), index));
  }

  /**
   * Reads the tokenizer alone.
   *
   * @throws IllegalArgumentException when there is none, or it cannot be used, with what to do
   */
  public static LmTokenizer tokenizer(String folder, Configuration configuration) {
    return LmTokenizer.of(
        folder,
        TokenizerFiles.read(
            folder,
            new TokenizerFiles.Folder() {
              @Override
              public boolean has(String file) {
                return HadoopFiles.exists(folder + "/" + file, configuration);
              }

              @Override
              public String text(String file) {
                return ModelFolder.text(folder, file, configuration);
              }
            }));
  }

  /** Writes the tokenizer. */
  public static void writeTokenizer(
      String folder, LmTokenizer tokenizer, Configuration configuration) {
    tokenizer.files().forEach((name, text) -> write(folder, name, text, configuration));
  }

  /** {@link #writeModel(String, LmConfig, Weights, Configuration)} of a small model. */
  public static void writeModel(
      String folder,
      LmConfig config,
      Map<String, HostTensor> weights,
      Configuration configuration) {
    writeModel(folder, config, Weights.of(weights), configuration);
  }

  /**
   * Writes configuration and weights, tensor by tensor, in shards where they are large. The
   * weights, or their index, come last and show that the folder is whole.
   */
  public static void writeModel(
      String folder, LmConfig config, Weights weights, Configuration configuration) {
    write(folder, Checkpoint.CONFIG, config.toJson(), configuration);
    deleteWeights(folder, configuration);
    TensorFiles.write(weights, name -> HadoopFiles.create(folder + "/" + name, configuration));
  }

  /** A mapped file must not be overwritten: what maps it keeps the deleted one. */
  private static void deleteWeights(String folder, Configuration configuration) {
    for (String name : List.of(TensorFiles.INDEX, TensorFiles.SINGLE)) {
      HadoopFiles.delete(folder + "/" + name, configuration);
    }
  }

  /**
   * Names of the files of a complete folder in the order they are to be copied: what shows that the
   * folder is whole comes last.
   */
  public static List<String> files(String folder, Configuration configuration) {
    List<String> files = new ArrayList<>(List.of(TOKENIZER, Checkpoint.CONFIG));
    COMPANIONS.stream()
        .filter(name -> HadoopFiles.exists(folder + "/" + name, configuration))
        .forEach(files::add);
    Optional<WeightIndex> index = index(folder, configuration);
    index.ifPresent(shards -> files.addAll(shards.shards()));
    files.add(index.isPresent() ? TensorFiles.INDEX : TensorFiles.SINGLE);
    return files;
  }

  /** Whether a model was written here to its end. */
  public static boolean isComplete(String folder, Configuration configuration) {
    return HadoopFiles.exists(folder + "/" + TensorFiles.SINGLE, configuration)
        || HadoopFiles.exists(folder + "/" + TensorFiles.INDEX, configuration);
  }

  private static String text(String folder, String name, Configuration configuration) {
    return new String(HadoopFiles.read(folder + "/" + name, configuration), StandardCharsets.UTF_8);
  }

  private static void write(String folder, String name, String text, Configuration configuration) {
    HadoopFiles.write(folder + "/" + name, text.getBytes(StandardCharsets.UTF_8), configuration);
  }
}
