package org.coplms.udfs.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.udfs.TinyWorld;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class TextGeneratorTest {
  private static final List<String> PROMPTS =
      IntStream.range(0, 12).mapToObj(i -> "the other thing ".repeat(i % 3) + i).toList();

  @TempDir static Path folder;
  private static TinyWorld world;
  private static String model;

  @BeforeAll
  static void start() {
    world = TinyWorld.start("local[2]");
    model = world.model(folder.resolve("model"), 280, 2, 5).path();
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void everyRowGetsAResponseInItsOrder() {
    List<Row> rows = drawing().transform(prompts(2)).collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).containsExactlyElementsOf(PROMPTS);
    assertThat(rows).extracting(row -> row.getString(1)).anyMatch(text -> !text.isEmpty());
  }

  @Test
  void drawsDependOnSeedAndPromptAndNotOnPartitionsOrBatches() {
    List<String> one = responses(drawing().transform(prompts(1)));

    assertThat(responses(drawing().setBatchSize(3).transform(prompts(5)))).isEqualTo(one);
    assertThat(responses(drawing().setSeed(2).transform(prompts(1)))).isNotEqualTo(one);
    assertThat(one.get(0)).isNotEqualTo(one.get(3));
  }

  @Test
  void aPromptIsWrittenInTheFormatThatIsAskedFor() {
    List<String> lines = responses(drawing().transform(prompts(1)));

    assertThat(responses(drawing().setPromptFormat("lines").transform(prompts(1))))
        .as("the model has no chat template")
        .isEqualTo(lines);
    assertThat(responses(drawing().setPromptFormat("{prompt}\n").transform(prompts(1))))
        .isEqualTo(lines);
    assertThat(responses(drawing().setPromptFormat("plain").transform(prompts(1))))
        .isNotEqualTo(lines);
  }

  @Test
  void savedAndLoadedItIsTheSameAloneAndInAPipeline() throws Exception {
    List<String> expected = responses(drawing().transform(prompts(2)));
    String alone = folder.resolve("alone").toString();
    drawing().setStop("zz", "\n\n").save(alone);
    TextGenerator loaded = TextGenerator.load(alone);
    SQLTransformer upper = new SQLTransformer().setStatement("SELECT prompt FROM __THIS__");
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {upper, drawing()});
    String piped = folder.resolve("pipeline").toString();
    pipeline.fit(prompts(2)).save(piped);

    assertThat(loaded.getOrDefault(loaded.stop())).containsExactly("zz", "\n\n");
    assertThat(loaded.uid()).startsWith("TextGenerator");
    assertThat(responses(loaded.transform(prompts(2)))).isEqualTo(expected);
    assertThat(responses(PipelineModel.load(piped).transform(prompts(2)))).isEqualTo(expected);
  }

  @Test
  void noPromptHasNoResponse() {
    StructType schema = new StructType().add("prompt", DataTypes.StringType).add("id", "int");
    List<Row> rows = List.of(RowFactory.create(null, 1), RowFactory.create("the", 2));

    List<Row> answered =
        drawing().transform(world.spark().createDataFrame(rows, schema)).collectAsList();

    assertThat(answered.get(0).isNullAt(2)).isTrue();
    assertThat(answered.get(1).getString(2)).isNotNull();
    assertThat(answered).extracting(row -> row.getInt(1)).containsExactly(1, 2);
  }

  @Test
  void aTableThatDoesNotFitIsRefusedBeforeAnythingRuns() {
    StructType schema = new StructType().add("prompt", "string").add("id", "int");

    refused(drawing().setInputCol("question"), schema, "'question'", "prompt, id");
    refused(drawing().setInputCol("id"), schema, "'id' holds int");
    refused(drawing().setOutputCol("ID"), schema, "'ID' exists");
    refused(new TextGenerator(), schema, "setModelUrl");
    refused(drawing().setTopP(1.5), schema, "top-p", "1.5");
    refused(drawing().setPromptFormat("poem"), schema, "'poem'", "{prompt}");
    refused(drawing().setDtype("float8"), schema, "dtype", "float8");
    refused(drawing().setDevice("tpu"), schema, "device", "tpu");
  }

  @Test
  void aFolderWithoutAModelIsRefused() {
    Dataset<Row> prompts = prompts(1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> drawing().setModelUrl("/no/where").transform(prompts))
        .withMessageContaining("/no/where");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> drawing().setModelUrl(folder.toString()).transform(prompts))
        .withMessageContaining("config.json");
  }

  @Test
  void whatDoesNotFitIntoMemoryIsRefusedWithTheParametersThatLowerIt() {
    Dataset<Row> prompts = prompts(1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> drawing().setBatchSize(500_000_000).transform(prompts))
        .withMessageStartingWith("Generating")
        .withMessageContaining("lower batchSize or maxNewTokens");
  }

  private static void refused(Transformer wrong, StructType schema, String... named) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> wrong.transformSchema(schema))
        .satisfies(e -> assertThat(e.getMessage()).contains(named));
  }

  private static TextGenerator drawing() {
    return new TextGenerator()
        .setModelUrl(model)
        .setTemperature(1)
        .setTopP(0.95)
        .setMaxNewTokens(6)
        .setSeed(1);
  }

  private static Dataset<Row> prompts(int partitions) {
    List<Row> rows = new ArrayList<>();
    PROMPTS.forEach(prompt -> rows.add(RowFactory.create(prompt)));
    StructType schema = new StructType().add("prompt", DataTypes.StringType, false);
    return world.spark().createDataFrame(world.context().parallelize(rows, partitions), schema);
  }

  private static List<String> responses(Dataset<Row> rows) {
    return Collections.unmodifiableList(
        rows.select("response").as(Encoders.STRING()).collectAsList());
  }
}
