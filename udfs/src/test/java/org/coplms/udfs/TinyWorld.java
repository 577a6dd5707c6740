package org.coplms.udfs;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.Compute;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/** A local Spark, random models of a few thousand weights, and questions to ask them. */
public final class TinyWorld implements AutoCloseable {
  /** Columns of examples as data preparation writes them. */
  public static final StructType EXAMPLES =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("domain", DataTypes.StringType, false)
          .add("prompt", DataTypes.StringType, false)
          .add("responses", DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add("device", DataTypes.IntegerType, false);

  private static final String CONFIG =
      """
      {"model_type": "llama", "vocab_size": %d, "hidden_size": 16, "intermediate_size": 24,
       "num_hidden_layers": %d, "num_attention_heads": 2, "num_key_value_heads": 1,
       "max_position_embeddings": 96, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
       "hidden_act": "silu", "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": 2}
      """;

  private final SparkSession spark;
  private final Configuration files = new Configuration();

  private TinyWorld(SparkSession spark) {
    this.spark = spark;
  }

  /** Starts Spark. */
  public static TinyWorld start(String master) {
    return new TinyWorld(
        SparkSession.builder()
            .master(master)
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "3")
            .getOrCreate());
  }

  public SparkSession spark() {
    return spark;
  }

  public JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  public Configuration files() {
    return files;
  }

  /** What tasks need: these file systems and one thread. */
  public TaskSpec task() {
    return new TaskSpec(
        new SerializableConfiguration(files), 1, spark.sparkContext().longAccumulator());
  }

  /** Writes a random model with a byte tokenizer of {@code vocabSize} ids. */
  public ModelLocation model(Path folder, int vocabSize, int layers, long seed) {
    String tokenizerJson =
        BpeTrainer.train(
            Map.of("the", 9L, " thing", 7L, "other", 5L, " seven", 4L, " and", 3L),
            new BpeTrainer.Spec(vocabSize));
    try (LmTokenizer tokenizer = LmTokenizer.parse(tokenizerJson);
        NDManager manager = Compute.oneCore().newManager()) {
      LmConfig config = LmConfig.parse(CONFIG.formatted(tokenizer.vocabSize(), layers));
      try (LanguageModel model = LanguageModel.random(config, seed, manager)) {
        SortedMap<String, HostTensor> weights = model.baseWeights();
        ModelFolder.writeTokenizer(folder.toString(), tokenizer, files);
        ModelFolder.writeModel(folder.toString(), config, weights, files);
        return new ModelLocation(folder.toString(), Safetensors.sha256(weights));
      }
    }
  }

  /** Questions of some devices, in as many partitions as asked for. */
  public Dataset<Row> questions(int devices, int perDevice, int partitions) {
    List<Row> rows = new ArrayList<>();
    for (int device = 0; device < devices; device++) {
      for (int i = 0; i < perDevice; i++) {
        rows.add(question(device, i, "the other " + i));
      }
    }
    return spark.createDataFrame(context().parallelize(rows, partitions), EXAMPLES);
  }

  /** One row of {@link #EXAMPLES}. */
  public static Row question(int device, int number, String answer) {
    return RowFactory.create(
        "q%d-%02d".formatted(device, number),
        number % 2 == 0 ? "even" : "odd",
        "%d and %d?".formatted(device, number),
        new String[] {answer},
        device);
  }

  @Override
  public void close() {
    spark.close();
  }
}
