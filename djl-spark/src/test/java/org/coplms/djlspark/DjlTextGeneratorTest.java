package org.coplms.djlspark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.lm.Decoding;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.translate.LanguageModelBlockFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DjlTextGeneratorTest {
  private static final List<String> PROMPTS = List.of("one?", "and two", "a", "the other", "?!");
  private static final int NEW_TOKENS = 9;

  @TempDir Path folder;
  private SparkSession spark;

  @BeforeEach
  void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
  }

  @AfterEach
  void stop() {
    spark.close();
  }

  @Test
  void theExtensionsPredictorAnswersAsTheGenerator() throws Exception {
    List<String> expected = writeAModelAndAnswer();
    DjlTextGenerator generator = new DjlTextGenerator();
    generator.setModelUrl(folder.toUri().toString());
    generator.setBatchSize(2);
    Dataset<Row> prompts =
        spark.createDataset(PROMPTS, Encoders.STRING()).toDF("prompt").repartition(2);

    Dataset<Row> answered =
        new Pipeline().setStages(new PipelineStage[] {generator}).fit(prompts).transform(prompts);

    assertThat(answered.columns()).containsExactly("prompt", "answer");
    for (Row row : answered.collectAsList()) {
      assertThat(row.getString(1)).isEqualTo(expected.get(PROMPTS.indexOf(row.getString(0))));
    }
    assertThat(answered.count()).isEqualTo(PROMPTS.size());
  }

  @Test
  void aColumnThatIsNoTextIsRefused() {
    DjlTextGenerator generator = new DjlTextGenerator().setInputCol("id");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.transform(spark.range(3).toDF()))
        .withMessageContaining("id");
  }

  private List<String> writeAModelAndAnswer() throws Exception {
    Torch.beginTask(1);
    String json = BpeTrainer.train(Map.of("one", 3L, " two", 2L), new BpeTrainer.Spec(262));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json);
        NDManager manager = Torch.newManager(Device.cpu())) {
      LmConfig config = LmConfig.of(Family.QWEN2, tokenizer.vocabSize(), 16, 2, 4, 48);
      LanguageModel model = LanguageModel.random(config, 5, manager);
      Checkpoint.save(folder, config, model.baseWeights());
      tokenizer.save(folder);
      Files.writeString(
          folder.resolve("serving.properties"),
          "option.hasParameter=false\nblockFactory=%s\nmaxNewTokens=%d\n"
              .formatted(LanguageModelBlockFactory.class.getName(), NEW_TOKENS));
      return new Generator(model, tokenizer).answer(PROMPTS, Decoding.greedy(NEW_TOKENS), 0);
    }
  }
}
