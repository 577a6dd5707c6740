package org.coplms.dataprep.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.PreparationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class FileRecordsTest {
  private static final String BLOCK_BYTES = "spark.sql.files.maxPartitionBytes";

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = Reading.spark(2, 2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void mixedFormatsAreOneTableInTheOrderOfTheFiles() throws IOException {
    Path all = mixed();
    List<Row> rows = read(Reading.spec(all));
    assertThat(Reading.told(rows))
        .containsExactly(
            "d|null|b1|[r]",
            "2.0 not-json: it is not valid JSON (Unrecognized token 'oops': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')); write one JSON object on each line",
            "d|null|c1|[r]",
            "d|c|d1|[r]",
            "d|null|a1|[r1, r2]",
            "2.0 missing: the field 'response' is missing among prompt, domain, score; add it, or correct layout and columns");
    assertThat(rows.get(5).<String>getAs(RecordSchema.RECORD))
        .isEqualTo("{\"prompt\":\"a2\",\"domain\":\"d\",\"score\":2.5}");
  }

  @Test
  void recordsAndTheirOrderDependOnTheFilesAlone() throws IOException {
    Path file = numbered(folder.resolve("many"), 300);
    List<String> whole = Reading.told(read(Reading.spec(file)));
    assertThat(whole).hasSize(300 + 4);
    spark.conf().set(BLOCK_BYTES, 100);
    try {
      Dataset<Row> rows = FileRecords.read(spark, Reading.spec(file), Optional.empty());
      assertThat(rows.rdd().getNumPartitions()).isGreaterThan(1);
      assertThat(withoutLines(Reading.told(rows.collectAsList()))).isEqualTo(withoutLines(whole));
    } finally {
      spark.conf().unset(BLOCK_BYTES);
    }
  }

  @Test
  void quarantineNamesTrueLinesAcrossBlocks() throws IOException {
    Path file = numbered(folder.resolve("many"), 300);
    ReadSpec spec = Reading.spec(file);
    Quarantined whole = quarantine(spec);
    assertThat(whole.kinds()).containsExactly(entry("missing", 1L), entry("not-json", 2L));
    assertThat(whole.first())
        .satisfiesExactly(
            a -> assertThat(a).startsWith(file.resolve("a.jsonl") + ", line 3: it is not"),
            b -> assertThat(b).startsWith(file.resolve("a.jsonl") + ", line 202: the field"));
    assertThat(whole.text())
        .startsWith("3 records are unusable {missing=1, not-json=2}, kept in " + whole.folder())
        .endsWith("; …");
    List<String> lines = content(whole);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1))
        .contains("\"line\":202,\"part\":0,\"reason\":\"the field 'prompt' is missing")
        .endsWith("\"record\":\"{\\\"domain\\\":\\\"d\\\"}\"}");
    assertThat(lines.get(2)).contains("b.jsonl\",\"line\":151,");
    for (int blockBytes : new int[] {40, 333}) {
      spark.conf().set(BLOCK_BYTES, blockBytes);
      try {
        assertThat(content(quarantine(spec))).isEqualTo(lines);
      } finally {
        spark.conf().unset(BLOCK_BYTES);
      }
    }
  }

  @Test
  void linesThatCannotBeCountedAgainAreOneClearError() throws IOException {
    ReadSpec spec = Reading.spec(numbered(folder.resolve("many"), 60));
    spark.conf().set(BLOCK_BYTES, 40);
    Dataset<Row> records = FileRecords.read(spark, spec, Optional.empty()).persist();
    try {
      assertThat(records.count()).isEqualTo(64);
      spark.conf().unset(BLOCK_BYTES);
      assertThatThrownBy(
              () ->
                  Quarantine.write(
                      spark, spec, records, folder.resolve("quarantine").toString(), 1))
          .hasRootCauseInstanceOf(PreparationException.class)
          .hasStackTraceContaining("changed while records were read; read them again");
    } finally {
      spark.conf().unset(BLOCK_BYTES);
      records.unpersist();
    }
  }

  @Test
  void emptyFilesHoldNoRecord() throws IOException {
    Files.write(folder.resolve("a.jsonl"), new byte[0]);
    Files.write(folder.resolve("b.json"), new byte[0]);
    assertThat(read(Reading.spec(folder))).isEmpty();
    Reading.write(folder.resolve("c.csv"), "", "prompt,response,domain", "");
    assertThat(read(Reading.spec(folder))).isEmpty();
  }

  @Test
  void quarantineOfGoodRecordsRemovesAnOlderOne() throws IOException {
    Path file = Reading.write(folder.resolve("a.jsonl"), "oops");
    assertThat(quarantine(Reading.spec(file)).records()).isEqualTo(1);
    Reading.write(file, "{'prompt': 'p', 'response': 'r', 'domain': 'd'}");
    Quarantined none = quarantine(Reading.spec(file));
    assertThat(none.records()).isZero();
    assertThat(none.text()).isEmpty();
    assertThat(Path.of(none.folder())).doesNotExist();
  }

  @Test
  void quarantineCountsRowsOfParquetAndPartsOfLines() throws IOException {
    Path all = mixed();
    Reading.write(all.resolve("e.json"), "[{'prompt': 'p', 'response': 'r', 'domain': 'd'}, 1]");
    assertThat(quarantine(Reading.spec(all), 9).first())
        .anySatisfy(a -> assertThat(a).contains("/a.parquet/part-").contains(", row 2: the field"))
        .anySatisfy(
            e -> assertThat(e).startsWith(all.resolve("e.json") + ", line 1, record 2: it"));
  }

  @Test
  void tooLongTextsAreRefusedAfterCleaning() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("a.jsonl"),
            "{'prompt': ' ab   cd ', 'response': 'x y', 'domain': 'd'}",
            "{'prompt': 'abcdef', 'response': 'x', 'domain': 'd'}",
            "{'prompt': 'ab', 'responses': ['x', 'abcd'], 'domain': 'd'}",
            "{'prompt': 'a b c', 'response': 'x y', 'domain': 'd'}",
            "{'prompt': 'ﬁ\\u0000x\\r\\ny', 'response': 'x', 'domain': 'd'}");
    Cleaning cleaning = new Cleaning(Normalization.NFKC, true, 5, 3, 4);
    ReadSpec spec = Reading.with(Reading.spec(file), cleaning);
    List<Row> rows = FileRecords.read(spark, spec, Optional.of(new Words())).collectAsList();
    assertThat(Reading.told(rows))
        .containsExactly(
            "d|null|ab cd|[x y]",
            "2.0 too-long: the prompt has 6 characters, more than cleaning.max-prompt-chars = 5",
            "3.0 too-long: the response has 4 characters, more than cleaning.max-response-chars = 3",
            "4.0 too-long: prompt and response are 5 tokens for 'words', more than cleaning.max-tokens = 4",
            "d|null|fix\ny|[x]");
  }

  @Test
  void tokensWithoutATokenizerAreOneClearError() throws IOException {
    Path file = Reading.write(folder.resolve("a.jsonl"), "{}");
    ReadSpec spec =
        Reading.with(Reading.spec(file), new Cleaning(Normalization.NONE, false, 0, 0, 4));
    assertThatThrownBy(() -> FileRecords.read(spark, spec, Optional.empty()))
        .isInstanceOf(PreparationException.class)
        .hasMessage(
            "cleaning.max-tokens = 4 needs tokenizers, and there are none here; set it to 0");
  }

  @Test
  void filesThatAreNoParquetAreOneClearError() throws IOException {
    Path file = Reading.write(folder.resolve("a.parquet"), "no parquet at all");
    assertThatThrownBy(() -> FileRecords.read(spark, Reading.spec(file), Optional.empty()))
        .isInstanceOf(PreparationException.class)
        .hasMessageStartingWith("The Parquet files from " + file + " on cannot be read together");
  }

  /** Tokens at spaces. */
  private static final class Words implements TextLengths {
    private static final long serialVersionUID = 1L;

    @Override
    public List<String> names() {
      return List.of("letters", "words");
    }

    @Override
    public int[] tokens(String prompt, String response) {
      String all = prompt + " " + response;
      return new int[] {1, all.split(" ", -1).length};
    }
  }

  /** JSONL, JSON, CSV and, last, Parquet. */
  private Path mixed() throws IOException {
    Path all = folder.resolve("all");
    Reading.write(
        all.resolve("b.jsonl"), "{'prompt': 'b1', 'response': 'r', 'domain': 'd'}", "oops");
    Reading.write(all.resolve("c.json"), "[{'prompt': 'c1', 'response': 'r', 'domain': 'd'}]");
    Reading.write(all.resolve("d.csv"), "id,domain,response,prompt", "c,d,r,d1");
    spark
        .sql(
            "select 'a1' prompt, array('r1', 'r2') response, 'd' domain, 1.5 score"
                + " union all select 'a2', null, 'd', 2.5")
        .coalesce(1)
        .write()
        .parquet(all.resolve("a.parquet").toString());
    return all;
  }

  /**
   * Two files with blank lines and three unusable records, the first of them in the first block.
   */
  private static Path numbered(Path many, int records) throws IOException {
    for (String name : List.of("a", "b")) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < records / 2; i++) {
        lines.add("{'prompt': '%s%d', 'response': 'r', 'domain': 'd'}".formatted(name, i));
        if (name.equals("a") && i % 3 == 1) {
          lines.add("");
        }
      }
      if (name.equals("a")) {
        lines.set(2, "{'prompt'");
        lines.add("");
        lines.add("{'domain': 'd'}");
        lines.add("{'prompt': 'p', 'response': 'r', 'domain': 'd'}");
      } else {
        lines.add("[");
      }
      Reading.write(many.resolve(name + ".jsonl"), lines.toArray(new String[0]));
    }
    return many;
  }

  private static List<String> withoutLines(List<String> told) {
    return told.stream().map(text -> text.replaceFirst("^\\d+\\.", ".")).toList();
  }

  private Quarantined quarantine(ReadSpec spec) {
    return quarantine(spec, 2);
  }

  private Quarantined quarantine(ReadSpec spec, int first) {
    Dataset<Row> records = FileRecords.read(spark, spec, Optional.empty());
    return Quarantine.write(spark, spec, records, folder.resolve("quarantine").toString(), first);
  }

  private static List<String> content(Quarantined quarantined) throws IOException {
    List<String> lines = new ArrayList<>();
    try (var files = Files.list(Path.of(quarantined.folder()))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private static List<Row> read(ReadSpec spec) {
    return FileRecords.read(spark, spec, Optional.empty()).collectAsList();
  }

  private static java.util.Map.Entry<String, Long> entry(String kind, long count) {
    return java.util.Map.entry(kind, count);
  }
}
