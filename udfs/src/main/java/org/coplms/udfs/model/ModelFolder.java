package org.coplms.udfs.model;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.BaseModel;
import org.coplms.udfs.store.HadoopFiles;

/** A checkpoint folder in Hugging Face's layout, on any Hadoop file system. */
public final class ModelFolder {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  /** The files of a folder in the order they are written: the weights last. */
  public static final List<String> FILES =
      List.of(TOKENIZER, TOKENIZER_CONFIG, Checkpoint.CONFIG, Checkpoint.WEIGHTS);

  private ModelFolder() {}

  /**
   * Reads configuration, weights and tokenizer.
   *
   * @throws IllegalArgumentException when the three do not belong together
   */
  public static BaseModel read(String folder, Configuration configuration) {
    LmConfig config = LmConfig.parse(text(folder, Checkpoint.CONFIG, configuration));
    SortedMap<String, HostTensor> weights =
        Safetensors.fromBytes(HadoopFiles.read(folder + "/" + Checkpoint.WEIGHTS, configuration));
    return BaseModel.of(config, weights, tokenizer(folder, configuration));
  }

  /** Reads the tokenizer alone. */
  public static LmTokenizer tokenizer(String folder, Configuration configuration) {
    String json = text(folder, TOKENIZER, configuration);
    return HadoopFiles.exists(folder + "/" + TOKENIZER_CONFIG, configuration)
        ? LmTokenizer.parse(json, text(folder, TOKENIZER_CONFIG, configuration))
        : LmTokenizer.parse(json);
  }

  /** Writes the tokenizer. */
  public static void writeTokenizer(
      String folder, LmTokenizer tokenizer, Configuration configuration) {
    write(folder, TOKENIZER, tokenizer.json(), configuration);
    write(folder, TOKENIZER_CONFIG, tokenizer.configJson(), configuration);
  }

  /** Writes configuration and weights; the weights come last and show that the folder is whole. */
  public static void writeModel(
      String folder,
      LmConfig config,
      Map<String, HostTensor> weights,
      Configuration configuration) {
    write(folder, Checkpoint.CONFIG, config.toJson(), configuration);
    HadoopFiles.write(
        folder + "/" + Checkpoint.WEIGHTS,
        Safetensors.toBytes(weights, Map.of("format", "pt")),
        configuration);
  }

  /**
   * Size of the weights' file.
   *
   * @throws UncheckedIOException naming the path, when there is none
   */
  public static long weightBytes(String folder, Configuration configuration) {
    return HadoopFiles.length(folder + "/" + Checkpoint.WEIGHTS, configuration);
  }

  /** Whether a model was written here to its end. */
  public static boolean isComplete(String folder, Configuration configuration) {
    return HadoopFiles.exists(folder + "/" + Checkpoint.WEIGHTS, configuration);
  }

  private static String text(String folder, String name, Configuration configuration) {
    return new String(HadoopFiles.read(folder + "/" + name, configuration), StandardCharsets.UTF_8);
  }

  private static void write(String folder, String name, String text, Configuration configuration) {
    HadoopFiles.write(folder + "/" + name, text.getBytes(StandardCharsets.UTF_8), configuration);
  }
}
