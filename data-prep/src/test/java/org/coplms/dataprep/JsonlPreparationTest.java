package org.coplms.dataprep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class JsonlPreparationTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2, 2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void everyLineIsAcceptedOrADuplicateAndHasOnePlace() throws IOException {
    List<String> lines = lines(200);
    lines.add("");
    lines.add("{\"prompt\": \"QUESTION  number 5?\", \"response\": \"zz\", \"domain\": \"d1\"}");
    Path input = write("in put.jsonl", lines);
    DataStatistics statistics = prepare(input, 3);
    assertThat(statistics.counts()).isEqualTo(new RecordCounts(201, 200, 1, 0, 0));
    assertThat(statistics.cells().stream().mapToLong(DataStatistics.Cell::rows).sum())
        .isEqualTo(200);
    assertThat(statistics.serverRows(Splits.PUBLIC)).isEqualTo(20);
    assertThat(statistics.serverRows(Splits.PRETRAIN)).isZero();
    assertThat(Prepared.server(spark, data(), Splits.PRETRAIN).count()).isZero();
    assertThat(statistics.devices()).containsExactly(0, 1, 2);
  }

  @Test
  void severalResponsesAreKept() throws IOException {
    List<String> lines = lines(50);
    lines.add(
        "{'prompt': 'p', 'responses': ['b', 'a'], 'domain': 'd0', 'id': 3}".replace('\'', '"'));
    prepare(write("a.jsonl", lines), 1);
    Row row =
        Prepared.server(spark, data(), Splits.TEST)
            .union(Prepared.server(spark, data(), Splits.PUBLIC))
            .union(Prepared.devices(spark, data(), Splits.TRAIN))
            .union(Prepared.devices(spark, data(), Splits.VALIDATION))
            .union(Prepared.devices(spark, data(), Splits.TEST))
            .filter("id = 'd0/3'")
            .first();
    assertThat(row.<String>getList(3)).containsExactly("b", "a");
  }

  @Test
  void aCorruptLineIsNamedWithFileNumberAndReason() throws IOException {
    List<String> lines = lines(40);
    lines.add(2, "");
    lines.set(30, "{\"prompt\": \"p\", \"domain\": \"d\"}");
    lines.set(20, "{\"prompt\": \"p\", ");
    Path input = write("broken one.jsonl", lines);
    assertThatThrownBy(() -> prepare(input, 2))
        .isInstanceOf(PreparationException.class)
        .hasMessageStartingWith(input + ", line 21: it is not valid JSON")
        .hasMessageEndingWith("write one JSON object on each line");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void theFirstBrokenFileIsNamedAlsoWhenCompressed() throws IOException {
    Path input = Files.createDirectories(folder.resolve("many"));
    Files.write(input.resolve("a.jsonl"), lines(30));
    Files.writeString(input.resolve("_SUCCESS"), "");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(input.resolve("b.jsonl.gz")))) {
      out.write((String.join("\r\n", lines(5)) + "\r\n[]\r\n").getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(input.resolve("c.jsonl"), "broken");
    assertThatThrownBy(() -> prepare(input, 2))
        .isInstanceOf(PreparationException.class)
        .hasMessageStartingWith(input.resolve("b.jsonl.gz") + ", line 6: it is a JSON list");
  }

  @Test
  void aByteOrderMarkIsNoError() throws IOException {
    Path input = folder.resolve("marked.jsonl");
    Files.writeString(input, "\ufeff" + String.join("\n", lines(60)));
    assertThat(prepare(input, 1).counts().read()).isEqualTo(60);
  }

  @Test
  void aMissingFileIsOneClearError() {
    Path input = folder.resolve("nowhere.jsonl");
    assertThatThrownBy(() -> prepare(input, 2))
        .isInstanceOf(PreparationException.class)
        .hasMessage("There is no file at " + input + "; correct the path of the JSONL source");
  }

  @Test
  void aFileWithoutRecordsIsOneClearError() throws IOException {
    Path input = write("empty.jsonl", List.of("", "  "));
    assertThatThrownBy(() -> prepare(input, 2))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("holds no record")
        .hasMessageContaining(input.toString());
  }

  @Test
  void oneIdForTwoPromptsIsOneClearError() throws IOException {
    List<String> lines = lines(40);
    lines.add("{\"prompt\": \"one\", \"response\": \"r\", \"domain\": \"d\", \"id\": \"x\"}");
    lines.add("{\"prompt\": \"two\", \"response\": \"r\", \"domain\": \"d\", \"id\": \"x\"}");
    Path input = write("ids.jsonl", lines);
    assertThatThrownBy(() -> prepare(input, 2))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("The id 'x' stands for 2 different prompts of domain 'd'");
  }

  @Test
  void inputThatChangedAfterwardsIsNotSilentlyKept() throws IOException {
    Path input = write("a.jsonl", lines(60));
    DataStatistics first = prepare(input, 2);
    assertThat(prepare(input, 2)).isEqualTo(first);
    Files.write(input, lines(61));
    assertThatThrownBy(() -> prepare(input, 2))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("input that has changed since");
    Files.delete(input);
    assertThat(prepare(input, 2)).isEqualTo(first);
  }

  private DataStatistics prepare(Path input, int devices) {
    return Preparation.prepare(
        spark, new PrepareSpec(3, JsonlSpec.of(input.toString()), devices, 1.0), data());
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private Path write(String name, List<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines);
  }

  /** Distinct questions in two domains. */
  static List<String> lines(int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(
          "{\"prompt\": \"question number %d?\", \"response\": \"answer %d\", \"domain\": \"d%d\"}"
              .formatted(i, i, i % 2));
    }
    return lines;
  }
}
