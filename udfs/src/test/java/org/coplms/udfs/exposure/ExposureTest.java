package org.coplms.udfs.exposure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.udfs.TinyWorld;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.store.HadoopFiles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class ExposureTest {
  private static final StructType COLUMNS =
      new StructType()
          .add("device", DataTypes.IntegerType, false)
          .add("id", DataTypes.StringType, false)
          .add("prompt", DataTypes.StringType, false);

  @TempDir static Path folder;
  private static TinyWorld world;
  private static Exposure exposure;

  /**
   * Device 0 trains on a, b; 1 on b, c, d; 2 on e twice. Tests: 0 asks t, u, a; 1 asks u, v, w and
   * c; 2 asks e.
   */
  @BeforeAll
  static void start() {
    world = TinyWorld.start("local[2]");
    keep(0, "c", "e", "v", "t", "nobody's");
    keep(1, "a", "b", "u");
    keep(2);
    exposure = exposure(3);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void sharesAreOfDistinctPromptsOfOthers() {
    // Others' training without own: c, d, e of which c, e; others' untrained tests: u, v, w of
    // which v; own tests: t, u, a of which t.
    assertThat(exposure.devices().get(0))
        .isEqualTo(new ExposureShares(5, 2 / 3.0, 1 / 3.0, 1 / 3.0));
    // a, e of which a (b is its own); t, u of which u; u, v, w, c of which u.
    assertThat(exposure.devices().get(1)).isEqualTo(new ExposureShares(3, 0.5, 0.5, 0.25));
    assertThat(exposure.devices().get(2)).isEqualTo(new ExposureShares(0, 0, 0, 0));
    assertThat(exposure.devices()).hasSize(3);
  }

  @Test
  void theMeanIsOverDevices() {
    assertThat(exposure.mean().seen()).isEqualTo(8 / 3.0);
    assertThat(exposure.mean().otherTrain()).isEqualTo((2 / 3.0 + 0.5) / 3);
    assertThat(exposure.mean().ownTest()).isEqualTo((1 / 3.0 + 0.25) / 3);
  }

  @Test
  void exposedQuestionsAreNamedByDeviceAndId() {
    assertThat(exposure.questions().schema()).isEqualTo(Exposure.SCHEMA);
    assertThat(exposure.questions().collectAsList())
        .containsExactly(
            RowFactory.create(0, "test-0-t"),
            RowFactory.create(1, "test-1-u"),
            RowFactory.create(1, "test-1-u-again"));
  }

  @Test
  void theJsonHasTheAgreedNames() {
    Map<String, Object> json = exposure.json();
    assertThat(json.keySet()).containsExactly("devices", "mean");
    assertThat(json.toString())
        .startsWith("{devices={0={seen=5.0, other_train=0.6666")
        .contains("2={seen=0.0, other_train=0.0, unseen_test=0.0, own_test=0.0}}, mean={seen=2.6");
  }

  @Test
  void partitionsDoNotMatter() {
    Exposure other = exposure(7);
    assertThat(other.devices()).isEqualTo(exposure.devices());
    assertThat(other.questions().collectAsList()).isEqualTo(exposure.questions().collectAsList());
  }

  @Test
  void aMissingStateIsNamed() {
    Dataset<Row> train = examples(List.of("9 lost x"), 1);
    assertThatThrownBy(
            () -> Exposure.of(world.spark(), train, train, folder.toString(), world.task()))
        .hasStackTraceContaining("9.safetensors");
  }

  private static Exposure exposure(int partitions) {
    Dataset<Row> train =
        examples(
            List.of(
                "0 train-0-a a",
                "0 train-0-b b",
                "1 train-1-b b",
                "1 train-1-c c",
                "1 train-1-d d",
                "2 train-2-e e",
                "2 train-2-e-again e"),
            partitions);
    Dataset<Row> test =
        examples(
            List.of(
                "0 test-0-t t",
                "0 test-0-u u",
                "0 test-0-a a",
                "1 test-1-u u",
                "1 test-1-u-again u",
                "1 test-1-v v",
                "1 test-1-w w",
                "1 test-1-c c",
                "2 test-2-e e"),
            partitions);
    return Exposure.of(world.spark(), train, test, folder.toString(), world.task());
  }

  private static Dataset<Row> examples(List<String> lines, int partitions) {
    List<Row> rows = new ArrayList<>();
    for (String line : lines) {
      String[] parts = line.split(" ", -1);
      rows.add(RowFactory.create(Integer.parseInt(parts[0]), parts[1], parts[2]));
    }
    return world.spark().createDataFrame(world.context().parallelize(rows, partitions), COLUMNS);
  }

  private static void keep(int device, String... prompts) {
    KeptState state =
        new KeptState(new TreeMap<>(), List.of(), 0, PromptHash.ofAll(List.of(prompts)));
    HadoopFiles.write(
        RoundFolders.state(folder.toString(), device), state.toBytes(), world.files());
  }
}
