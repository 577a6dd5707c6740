package org.coplms.dataprep.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.io.IOUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.PreparationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each format makes of good and of broken files. */
class ReadersTest {
  private static final String GOOD = "{'prompt': 'p', 'response': 'r', 'domain': 'd'}";
  private static final String READ = "d|null|p|[r]";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'prompt': 'p' | not-json | it is not valid JSON",
        "not json | not-json | write one JSON object on each line",
        "{'prompt': 'p'} {} | not-json | it is not valid JSON",
        "{'prompt': 'p', 'prompt': 'q'} | not-json | (Duplicate field 'prompt')",
        "[1, 2] | not-an-object | it is a JSON list",
        "'text' | not-an-object | it is a JSON string",
        "{'response': 'a', 'domain': 'd'} | missing | 'prompt' is missing among response, domain;",
        "{'prompt': null, 'response': 'a', 'domain': 'd'} | missing | 'prompt' is missing",
        "{'prompt': '  ', 'response': 'a', 'domain': 'd'} | empty | 'prompt' is empty",
        "{'prompt': '\\u0000', 'response': 'a', 'domain': 'd'} | empty | the prompt is empty",
        "{'prompt': 'p', 'response': 'a'} | missing | it has no domain",
        "{'prompt': 'p', 'domain': 'd'} | missing | 'response' is missing",
        "{'prompt': 'p', 'response': 'a', 'responses': ['b'], 'domain': 'd'} | wrong-type | not both",
        "{'prompt': 'p', 'response': 3, 'domain': 'd'} | wrong-type | 'response' must be a string or a list of strings, got a JSON number",
        "{'prompt': 'p', 'responses': [], 'domain': 'd'} | empty | 'responses' is an empty list",
        "{'prompt': 'p', 'responses': {}, 'domain': 'd'} | wrong-type | got a JSON object",
        "{'prompt': 'p', 'responses': ['a', ''], 'domain': 'd'} | empty | 'responses' is empty",
        "{'prompt': 'p', 'response': 'a', 'domain': 'd', 'id': 1.5} | wrong-type | 'id' must be a string",
      })
  void aLineThatHoldsNoExampleSaysWhyAndIsKept(String line, String kind, String reason)
      throws IOException {
    Path file = Reading.write(folder.resolve("a.jsonl"), GOOD, line, GOOD);
    List<Row> rows = Reading.rows(Reading.spec(file));
    List<String> told = Reading.told(rows);
    assertThat(told).hasSize(3).startsWith(READ).endsWith(READ);
    assertThat(told.get(1)).startsWith("2.0 " + kind + ": ").contains(reason);
    String record = rows.get(1).getAs(RecordSchema.RECORD);
    assertThat(record.replace(" ", "")).isEqualTo(Reading.json(line).replace(" ", ""));
  }

  @Test
  void linesMayHaveMarksCarriageReturnsAndBlanksBetween() throws IOException {
    Path file = folder.resolve("a.jsonl");
    Files.writeString(file, Reading.json("\uFEFF" + GOOD + "\r\n\r\n  \t\r\n" + GOOD + "\r\nx"));
    assertThat(Reading.told(Reading.spec(file)))
        .satisfiesExactly(
            one -> assertThat(one).isEqualTo(READ),
            two -> assertThat(two).isEqualTo(READ),
            three -> assertThat(three).startsWith("5.0 not-json"));
  }

  @Test
  void onlyTheRecordsWithBytesThatAreNotUtf8AreUnusable() throws IOException {
    String bad = GOOD.replace("'r'", "'é'");
    for (String[] format :
        new String[][] {
          {"a.jsonl", "", "\n", ""}, {"b.json", "[", ",", "]"}, {"c.json", "", "", ""}
        }) {
      Path file = folder.resolve(format[0]);
      String all = format[1] + String.join(format[2], GOOD, bad, GOOD) + format[3];
      Files.write(file, Reading.json(all).getBytes(StandardCharsets.ISO_8859_1));
      List<Row> rows = Reading.rows(Reading.spec(file));
      assertThat(Reading.told(rows).get(1))
          .endsWith("not-utf8: the bytes are not UTF-8; convert the file to UTF-8");
      assertThat(rows.get(1).<String>getAs(RecordSchema.RECORD)).contains("\uFFFD");
      assertThat(Reading.told(rows)).hasSize(3).startsWith(READ).endsWith(READ);
    }
  }

  @Test
  void aTaskWhoseDefinitionIsNotUtf8IsUnusableAsAWhole() throws IOException {
    Path file = folder.resolve("t.json");
    String task =
        "{'Instances': [{'input': 'i', 'output': 'o'}], 'Definition': 'é', 'Categories': 'c'}";
    Files.write(file, Reading.json(task).getBytes(StandardCharsets.ISO_8859_1));
    assertThat(Reading.told(Reading.with(Reading.spec(file), Layout.NATURAL_INSTRUCTIONS)))
        .singleElement()
        .asString()
        .startsWith("1.0 not-utf8");
  }

  @Test
  void aBrokenDocumentIsReadUpToTheBreak() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("a.json"), "[", GOOD + ",", GOOD + ",", "{'prompt': oops},", GOOD, "]");
    List<Row> rows = Reading.rows(Reading.spec(file));
    assertThat(Reading.told(rows)).hasSize(3).startsWith(READ, READ);
    assertThat(Reading.told(rows).get(2))
        .startsWith("4.0 broken-file: it is not valid JSON")
        .endsWith("nothing after it in this file could be read");
    assertThat(rows.get(2).<String>getAs(RecordSchema.RECORD))
        .startsWith("{\"prompt\": oops},\n{\"prompt\"");
  }

  @Test
  void aDocumentThatEndsEarlySaysSo() throws IOException {
    Path file = Reading.write(folder.resolve("a.json"), "[", GOOD + ",");
    assertThat(Reading.told(Reading.spec(file)))
        .hasSize(2)
        .startsWith(READ)
        .last()
        .asString()
        .contains("broken-file", "Unexpected end-of-input");
  }

  @Test
  void elementsOfADocumentThatAreNoRecordsLoseNoOthers() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("a.json"),
            "[" + GOOD + ", 3, {'a': {'prompt': 1, 'prompt': [2, {'x': 3}]}, 'b': 2},",
            " ['x', {}], " + GOOD + "]");
    List<Row> rows = Reading.rows(Reading.spec(file));
    assertThat(Reading.told(rows)).hasSize(5).startsWith(READ).endsWith(READ);
    assertThat(Reading.told(rows).subList(1, 4))
        .satisfiesExactly(
            number -> assertThat(number).startsWith("1.1 not-an-object"),
            twice ->
                assertThat(twice).startsWith("1.2 not-json").contains("Duplicate field 'prompt'"),
            list -> assertThat(list).startsWith("2.0 not-an-object"));
    assertThat(rows.get(2).<String>getAs(RecordSchema.RECORD))
        .isEqualTo(Reading.json("{'a': {'prompt': 1, 'prompt': [2, {'x': 3}]}, 'b': 2}"));
  }

  @Test
  void objectsOneAfterAnotherAreADocumentToo() throws IOException {
    Path file = Reading.write(folder.resolve("a.json"), GOOD, GOOD + GOOD);
    assertThat(Reading.told(Reading.spec(file))).containsExactly(READ, READ, READ);
  }

  @Test
  void documentsOneAfterAnotherKeepTheirOwnHeaders() throws IOException {
    String task =
        "{'Instances': [{'input': 'i', 'output': 'o'}], 'Categories': ['%s'], 'Definition': '%s'}";
    Path file =
        Reading.write(
            folder.resolve("a.json"), task.formatted("c1", "d1"), "7", task.formatted("c2", "d2"));
    assertThat(Reading.told(Reading.with(Reading.spec(file), Layout.NATURAL_INSTRUCTIONS)))
        .satisfiesExactly(
            one -> assertThat(one).isEqualTo("c1|null|d1\n\ni|[o]"),
            seven -> assertThat(seven).startsWith("2.0 not-an-object"),
            two -> assertThat(two).isEqualTo("c2|null|d2\n\ni|[o]"));
  }

  @Test
  void aFieldThatADocumentRepeatsMakesItsRecordsUnusable() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("a.json"),
            "{'Instances': [{'input': 'i', 'output': 'o'}], 'Definition': 'd', 'Definition': 'e'}",
            "{'input': 'i', 'input': 'j'}");
    assertThat(Reading.told(Reading.with(Reading.spec(file), Layout.NATURAL_INSTRUCTIONS)))
        .containsExactly(
            "1.0 not-json: the field 'Definition' occurs twice; keep one of them",
            "2.0 not-json: the field 'input' occurs twice; keep one of them");
  }

  @Test
  void linesUnderTheNameOfADocumentAreReadUpToABreakThatSaysWhatToSet() throws IOException {
    Path file = Reading.write(folder.resolve("a.json"), GOOD, "oops", GOOD);
    assertThat(Reading.told(Reading.spec(file)))
        .hasSize(2)
        .startsWith(READ)
        .last()
        .asString()
        .contains("if it has an object on each line, set format = jsonl");
  }

  @Test
  void recordsLongerThanBuffersAreReadAndKept() throws IOException {
    String text = "é€😀\\n".repeat(20_000);
    String good = GOOD.replace("'p'", "'" + text + "'");
    Path file =
        Reading.write(
            folder.resolve("a.json"),
            "[" + (good + ",\n").repeat(3) + "{'long': '" + text + "'}," + GOOD + "]");
    List<Row> rows = Reading.rows(Reading.spec(file));
    assertThat(rows).hasSize(5);
    assertThat(rows.get(2).<String>getAs(RecordSchema.PROMPT))
        .isEqualTo("é€😀\n".repeat(20_000).strip());
    assertThat(rows.get(3).<String>getAs(RecordSchema.RECORD))
        .startsWith("{\"long\":")
        .matches("(?s).*… \\(\\d+ more characters\\)")
        .hasSizeLessThan(RecordSchema.MOST_RECORD_CHARS + 40);
  }

  @Test
  void charactersAreWholeAcrossBuffers() throws IOException {
    for (int shift = 0; shift < 4; shift++) {
      byte[] bytes = Reading.utf8("x".repeat(shift) + "é€😀".repeat(5000));
      Utf8Reader whole = Utf8Reader.of(new ByteArrayInputStream(bytes));
      assertThat(IOUtils.toString(whole)).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
      assertThat(whole.damaged(0, Long.MAX_VALUE)).isFalse();
      bytes[shift + 9 * 2000] = (byte) 0xFF;
      Utf8Reader damaged = Utf8Reader.of(new ByteArrayInputStream(bytes));
      assertThat(IOUtils.toString(damaged)).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
      assertThat(damaged.damaged(0, shift + 4 * 2000)).isFalse();
      assertThat(damaged.damaged(shift + 4 * 2000, shift + 4 * 2000 + 1)).isTrue();
    }
  }

  @Test
  void csvQuotesDoubleAndBrokenLinesLoseNoOthers() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("a.csv"),
            "",
            "prompt,response,domain,id",
            "'a, ''b''',r,d,1",
            "p,r,d",
            "p,'r,d,3",
            "p,'r' x,d,4",
            "p,r,d,");
    List<String> told = Reading.told(Reading.spec(file));
    assertThat(told)
        .containsExactly(
            "d|1|a, \"b\"|[r]",
            "4.0 not-csv: it has 3 fields where the file has 4 columns; correct it, or csv.delimiter",
            "5.0 not-csv: a quoted field does not end on its line; if fields hold line breaks, set csv.multi-line = true",
            "6.0 not-csv: text follows a closing quote; double the quotes inside of quoted fields",
            READ);
    for (int blockBytes = 1; blockBytes < 60; blockBytes += 7) {
      assertThat(Reading.rows(Reading.spec(file), blockBytes)).hasSize(5);
    }
  }

  @Test
  void csvFieldsMayHoldLineBreaksWhereSaidSo() throws IOException {
    Path file = folder.resolve("a.csv");
    String text =
        "prompt,response,domain\r\n'a\r\nb',r,d\r\n\r\nx,y\r\np,r,d\r\np,'open,d\r\np,r,d\r\n";
    Files.writeString(file, Reading.json(text));
    ReadSpec spec = Reading.with(Reading.spec(file), new CsvOptions(true, ",", "\"", true));
    List<Row> rows = Reading.rows(spec);
    assertThat(Reading.told(rows))
        .containsExactly(
            "d|null|a\nb|[r]",
            "5.0 not-csv: it has 2 fields where the file has 3 columns; correct it, or csv.delimiter",
            READ,
            "7.0 broken-file: a quoted field that begins in this record does not end; correct its quotes; nothing after it in this file could be read");
    assertThat(rows.get(3).<String>getAs(RecordSchema.RECORD))
        .isEqualTo(Reading.json("p,'open,d\r\np,r,d\r\n"));
  }

  @Test
  void delimiterQuoteAndHeaderAreTheUsers() throws IOException {
    Path semicolons = Reading.write(folder.resolve("a.csv"), "p;5'' wide;d");
    ReadSpec spec =
        new ReadSpec(
            semicolons.toString(),
            FileFormat.AUTO,
            Layout.COLUMNS,
            new Columns("_c0", "_c1", "_c2", "", ""),
            new CsvOptions(false, ";", "", false),
            DomainFrom.COLUMN,
            Cleaning.defaults());
    assertThat(Reading.told(spec)).containsExactly("d|null|p|[5\"\" wide]");
    Path tabs = Reading.write(folder.resolve("b.tsv"), "domain\tprompt\tresponse", "d\tp, q\tr");
    assertThat(Reading.told(Reading.spec(tabs))).containsExactly("d|null|p, q|[r]");
  }

  @Test
  void aHeaderThatRepeatsANameMakesItsRecordsUnusable() throws IOException {
    Path file = Reading.write(folder.resolve("a.csv"), "prompt,prompt", "p,q", "p,q");
    assertThat(Reading.told(Reading.spec(file)))
        .containsExactly(
            "2.0 not-csv: the header of the file repeats a name: prompt, prompt; rename a column",
            "3.0 not-csv: the header of the file repeats a name: prompt, prompt; rename a column");
  }

  @Test
  void compressedFilesOfEveryFormatAreRead() throws IOException {
    Reading.gzip(
        folder.resolve("a.jsonl.gz"), Reading.utf8(Reading.json("\uFEFF" + GOOD + "\r\n")));
    Reading.gzip(folder.resolve("b.json.gz"), Reading.utf8(Reading.json("[" + GOOD + "]")));
    Reading.gzip(folder.resolve("c.csv.gz"), Reading.utf8("prompt,response,domain\np,r,d\n"));
    BZip2Codec bzip2 = new BZip2Codec();
    bzip2.setConf(new Configuration());
    try (OutputStream out =
        bzip2.createOutputStream(Files.newOutputStream(folder.resolve("d.tsv.bz2")))) {
      out.write(Reading.utf8("prompt\tresponse\tdomain\np\tr\td\n"));
    }
    Files.write(folder.resolve("_SUCCESS"), new byte[0]);
    Reading.write(folder.resolve("_temporary/0/x.jsonl"), "half");
    assertThat(Reading.told(Reading.spec(folder))).containsExactly(READ, READ, READ, READ);
  }

  @Test
  void aFileThatCannotBeDecompressedToItsEndIsReadUpToThere() throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(whole, true)) {
      out.write(Reading.utf8(Reading.json(GOOD + "\n")));
      out.flush();
      out.write(Reading.utf8(Reading.json(GOOD + "\n").repeat(1000)));
    }
    byte[] half = Arrays.copyOf(whole.toByteArray(), whole.size() - 20);
    Files.write(folder.resolve("a.jsonl.gz"), half);
    Files.write(folder.resolve("b.jsonl.gz"), Reading.utf8("no gzip"));
    Files.write(folder.resolve("c.json.gz"), half);
    Files.write(folder.resolve("d.csv.gz"), Reading.utf8("no gzip"));
    List<String> told = Reading.told(Reading.spec(folder));
    assertThat(told).filteredOn(READ::equals).hasSizeGreaterThanOrEqualTo(2);
    assertThat(told.stream().filter(text -> !text.equals(READ)))
        .hasSize(4)
        .allSatisfy(text -> assertThat(text).contains("broken-file: the file is damaged ("));
  }

  @Test
  void aFormatThatIsAskedForHoldsForEveryName() throws IOException {
    Path file = Reading.write(folder.resolve("data.txt"), GOOD);
    assertThat(Reading.told(Reading.with(Reading.spec(file), FileFormat.JSONL)))
        .containsExactly(READ);
  }

  @Test
  void aNameOfUnknownFormatIsOneClearError() throws IOException {
    Path file = Reading.write(folder.resolve("README.md"), "read me");
    assertThatThrownBy(() -> Reading.rows(Reading.spec(folder)))
        .isInstanceOf(PreparationException.class)
        .hasMessage(
            "The name of %s does not say its format; known are .jsonl, .ndjson, .json, .csv, .tsv, .parquet, also behind a compression's extension such as .gz. Set format, or give a glob that leaves the file out"
                .formatted(file));
  }

  @Test
  void aCompressionThatIsNotThereIsOneClearError() throws IOException {
    Path file = Reading.write(folder.resolve("a.jsonl.zst"), "x");
    assertThatThrownBy(() -> Reading.rows(Reading.spec(file)))
        .isInstanceOf(PreparationException.class)
        .hasMessageStartingWith(file + " cannot be decompressed here (")
        .hasMessageEndingWith("compress it as .gz or .bz2");
  }

  @Test
  void aMissingFileIsOneClearError() {
    Path file = folder.resolve("nowhere.jsonl");
    assertThatThrownBy(() -> FileRecords.list(new Configuration(), Reading.spec(file)))
        .isInstanceOf(PreparationException.class)
        .hasMessage("There is no file at " + file + "; correct the path of the files");
  }

  @Test
  void theListingChangesWithTheFiles() throws IOException {
    Reading.write(folder.resolve("a.jsonl"), GOOD);
    Listing one = FileRecords.list(new Configuration(), Reading.spec(folder));
    assertThat(FileRecords.list(new Configuration(), Reading.spec(folder))).isEqualTo(one);
    assertThat(one.files()).isEqualTo(1);
    assertThat(one.bytes()).isEqualTo(GOOD.length() + 1);
    Reading.write(folder.resolve("b/c.jsonl"), GOOD);
    Listing two = FileRecords.list(new Configuration(), Reading.spec(folder));
    assertThat(two.files()).isEqualTo(2);
    assertThat(two.identity()).isNotEqualTo(one.identity());
  }

  @Test
  void namesWithSpacesAndSignsAreRead() throws IOException {
    // A file name as macOS writes it: letter and accent apart.
    Reading.write(folder.resolve("a b+c%20/e\u0301 [1].jsonl"), GOOD);
    assertThat(Reading.told(Reading.with(Reading.spec(folder), DomainFrom.FILE)))
        .containsExactly("é [1]|null|p|[r]");
  }
}
