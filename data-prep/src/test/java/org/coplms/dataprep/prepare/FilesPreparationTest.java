package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.KeyedSeed;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.Splits;
import org.coplms.dataprep.card.DataCard;
import org.coplms.dataprep.domains.DomainModel;
import org.coplms.dataprep.files.DomainFrom;
import org.coplms.dataprep.partition.ColumnPartitionSpec;
import org.coplms.dataprep.partition.DirichletPartitionSpec;
import org.coplms.dataprep.partition.PartitionSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class FilesPreparationTest {
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
    lines.add(lines.get(5).replace("question ", "QUESTION  ").replace("answer", "zz"));
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
  void unusableRecordsAreSetAsideWithFileLineAndReasonAndNothingIsLost() throws IOException {
    List<String> lines = lines(300);
    lines.add(2, "");
    lines.set(30, "{\"prompt\": \"p\", \"domain\": \"d\"}");
    lines.set(20, "{\"prompt\": \"p\", ");
    Path input = write("broken one.jsonl", lines);
    DataStatistics statistics = prepare(input, 2);
    assertThat(statistics.counts()).isEqualTo(new RecordCounts(300, 298, 0, 2, 0));
    List<Row> set = spark.read().json(data() + "/quarantine").orderBy("line").collectAsList();
    assertThat(set).hasSize(2);
    assertThat(set.get(0).<Long>getAs("line")).isEqualTo(21);
    assertThat(set.get(0).<String>getAs("file")).isEqualTo(input.toString());
    assertThat(set.get(0).<String>getAs("reason")).contains("JSON");
    assertThat(set.get(0).<String>getAs("record")).isEqualTo("{\"prompt\": \"p\", ");
    assertThat(set.get(1).<Long>getAs("line")).isEqualTo(31);
    assertThat(set.get(1).<String>getAs("reason")).contains("response");
  }

  @Test
  void tooManyUnusableRecordsAreOneErrorThatShowsTheFirst() throws IOException {
    List<String> lines = lines(40);
    lines.set(30, "{\"prompt\": \"p\", \"domain\": \"d\"}");
    lines.set(20, "{\"prompt\": \"p\", ");
    Path input = write("broken.jsonl", lines);
    assertThatThrownBy(() -> prepare(input, 2))
        .isInstanceOf(PreparationException.class)
        .hasMessageStartingWith("Of 40 records 2 records are unusable")
        .hasMessageContaining("data.quarantine.max-share = 0.01 allows 0")
        .hasMessageContaining("broken.jsonl, line 21")
        .hasMessageContaining("broken.jsonl, line 31")
        .hasMessageEndingWith("mend them, or raise it");
    assertThat(spark.read().json(data() + "/quarantine").count()).isEqualTo(2);
    assertThat(Prepared.ifComplete(spark.sparkContext().hadoopConfiguration(), data())).isEmpty();
  }

  @Test
  void nearDuplicatesAreLeftOutAndCounted() throws IOException {
    List<String> lines = lines(100);
    lines.add(
        "{\"prompt\": \"A long question about the origin of the river Danube, its course and its end\", \"response\": \"a\", \"domain\": \"d0\"}");
    lines.add(
        "{\"prompt\": \"A long question about the origin of the river Danube, its course and its ends\", \"response\": \"b\", \"domain\": \"d1\"}");
    DataStatistics statistics = prepare(write("near.jsonl", lines), 2);
    assertThat(statistics.counts()).isEqualTo(new RecordCounts(102, 101, 1, 0, 0));
    DataCard card = DataCard.of(data());
    assertThat(card.duplicates()).isEqualTo(new DataCard.Duplicates(0, 1));
    assertThat(card.counts()).isEqualTo(statistics.counts());
  }

  @Test
  void domainsAreDiscoveredAndTheModelIsKept() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      String topic = i % 2 == 0 ? "river water bridge boat" : "invoice payment refund tax";
      lines.add("{\"prompt\": \"%s %s\", \"response\": \"r\"}".formatted(topic, digits(i)));
    }
    FilesSpec spec =
        variant(write("topics.jsonl", lines), DomainFrom.DISCOVER, new DirichletPartitionSpec(1.0));
    DataStatistics statistics =
        Preparation.prepare(spark, new PrepareSpec(3, spec, 2, 1.0), data());
    assertThat(statistics.domains()).hasSize(2);
    assertThat(DataCard.of(data()).discovered())
        .filteredOn(DataCard.Discovered::chosen)
        .singleElement()
        .matches(chosen -> chosen.domains() == 2);
    assertThat(DomainModel.load(data() + "/discovery").names())
        .containsExactlyInAnyOrderElementsOf(statistics.domains());
  }

  @Test
  void aColumnNamesTheDevices() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      lines.add(
          "{\"prompt\": \"question %s\", \"response\": \"r\", \"domain\": \"d\", \"site\": \"site %d\"}"
              .formatted(digits(i), i % 3));
    }
    Path input = write("sites.jsonl", lines);
    FilesSpec spec = variant(input, DomainFrom.COLUMN, new ColumnPartitionSpec("site"));
    Preparation.prepare(spark, new PrepareSpec(3, spec, 3, 1.0), data());
    for (Row row : Prepared.devices(spark, data(), Splits.TRAIN).collectAsList()) {
      int number = number(row.<String>getAs(ExampleSchema.PROMPT));
      assertThat(row.<Integer>getAs(ExampleSchema.DEVICE)).isEqualTo(number % 3);
    }
    assertThatThrownBy(
            () ->
                Preparation.prepare(
                    spark, new PrepareSpec(3, spec, 2, 1.0), folder.resolve("two").toString()))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("The column 'site' has 3 values, [site 0, site 1, site 2]")
        .hasMessageContaining("set data.devices = 3");
  }

  /** A number in letters, so that prompts are not alike. */
  private static String digits(int number) {
    StringBuilder text = new StringBuilder();
    for (char digit : Integer.toString(number).toCharArray()) {
      text.append((char) ('a' + digit - '0'));
    }
    return text.toString();
  }

  private static int number(String prompt) {
    StringBuilder text = new StringBuilder();
    for (char letter : prompt.substring(prompt.lastIndexOf(' ') + 1).toCharArray()) {
      text.append((char) ('0' + letter - 'a'));
    }
    return Integer.parseInt(text.toString());
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
        .hasMessage("There is no file at " + input + "; correct the path");
  }

  @Test
  void aFileWithoutRecordsIsOneClearError() throws IOException {
    Path input = write("empty.jsonl", List.of("", "  "));
    assertThatThrownBy(() -> prepare(input, 2))
        .isInstanceOf(PreparationException.class)
        .hasMessage("There is no record in " + input + "; give it some");
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

  /** Without removal of near duplicates. */
  private static FilesSpec variant(Path input, DomainFrom domain, PartitionSpec partition) {
    return FilesSpecs.of(input.toString(), 1.0)
        .domain(domain)
        .keepingNearDuplicates()
        .partition(partition)
        .build();
  }

  private DataStatistics prepare(Path input, int devices) {
    return Preparation.prepare(
        spark, new PrepareSpec(3, FilesSpec.of(input.toString(), 1.0), devices, 1.0), data());
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private Path write(String name, List<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines);
  }

  /** Questions in two domains, no two of them alike. */
  static List<String> lines(int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(
          "{\"prompt\": \"question %s?\", \"response\": \"answer %d\", \"domain\": \"d%d\"}"
              .formatted(KeyedSeed.hex("question " + i, 8), i, i % 2));
    }
    return lines;
  }
}
