package org.coplms.udfs.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.coplms.proxy.lm.Decoding;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.udfs.TinyWorld;
import org.coplms.udfs.model.ModelLocation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class AnswersTest {
  @TempDir static Path folder;
  private static TinyWorld world;
  private static AnswerSpec greedy;

  @BeforeAll
  static void start() {
    world = TinyWorld.start("local[2]");
    ModelLocation model = world.model(folder.resolve("model"), 259, 2, 5);
    greedy =
        new AnswerSpec(
            "any",
            new AnsweringModel.Untuned(model),
            TextFormat.LINES,
            Decoding.greedy(6),
            3,
            1,
            world.task());
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void greedyAnswersDoNotDependOnPartitions() {
    List<Row> one = sorted(Answers.ofServer(world.questions(2, 4, 1).toJavaRDD(), greedy));
    List<Row> five = sorted(Answers.ofServer(world.questions(2, 4, 5).toJavaRDD(), greedy));
    assertThat(one).hasSize(8);
    assertThat(five)
        .extracting(AnswersTest::text)
        .isEqualTo(one.stream().map(AnswersTest::text).toList());
    assertThat(one).extracting(row -> row.getInt(1)).containsOnly(-1);
    assertThat(one).extracting(row -> row.getString(6)).anyMatch(answer -> !answer.isEmpty());
  }

  @Test
  void theRowsSayWhichDeviceAsks() {
    // One partition with both devices: its number says nothing.
    List<Row> rows = sorted(Answers.ofDevices(world.questions(2, 4, 1).toJavaRDD(), greedy));
    assertThat(rows)
        .hasSize(8)
        .allSatisfy(
            row -> assertThat(row.getString(3)).startsWith("q%d-".formatted(row.getInt(1))));
  }

  private static String text(Row row) {
    return row.getString(3) + " " + row.getString(6) + " " + row.getDouble(7);
  }

  private static List<Row> sorted(JavaRDD<Row> answers) {
    return answers.collect().stream()
        .sorted(Comparator.comparing(row -> row.getString(3)))
        .toList();
  }
}
