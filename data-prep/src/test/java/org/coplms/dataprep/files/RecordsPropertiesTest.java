package org.coplms.dataprep.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.spark.sql.Row;

/** Whatever stands in a file, every record has one outcome and good ones survive. */
class RecordsPropertiesTest {
  private static final String GOOD = "{\"prompt\":\"p\",\"response\":\"r\",\"domain\":\"d\"}";
  private static final String READ = "d|null|p|[r]";

  private static Path folder;

  @BeforeContainer
  static void create() throws IOException {
    folder = Files.createTempDirectory("records");
  }

  @AfterContainer
  static void delete() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** Bytes that JSON and CSV care about, and any others. */
  @Provide
  Arbitrary<byte[]> text() {
    Arbitrary<Byte> telling =
        Arbitraries.of(
            "{}[]\":,\\ \tntue0123456789.-prompt".chars().mapToObj(c -> (byte) c).toList());
    Arbitrary<Byte> any = Arbitraries.bytes().filter(b -> b != '\n' && b != '\r');
    return Arbitraries.frequencyOf(Tuple.of(4, telling), Tuple.of(1, any))
        .array(byte[].class)
        .ofMaxSize(40);
  }

  @Property(tries = 100)
  void eachLineHasOneOutcome(
      @ForAll("text") byte[] junk, @ForAll @IntRange(min = 16, max = 80) int block) {
    byte[] all = join(Reading.utf8(GOOD + "\n"), junk, Reading.utf8("\n" + GOOD));
    List<Row> rows = Reading.rows(Reading.spec(write("a.jsonl", all)), block);
    int records = Lines.isBlank(junk) ? 2 : 3;
    assertThat(Reading.told(rows)).hasSize(records).startsWith(READ).endsWith(READ);
    assertThat(rows).allSatisfy(RecordsPropertiesTest::requireOneOutcome);
  }

  @Property(tries = 100)
  void eachDelimitedLineHasOneOutcome(
      @ForAll("text") byte[] junk, @ForAll @IntRange(min = 16, max = 80) int block) {
    byte[] all =
        join(Reading.utf8("prompt,response,domain\np,r,d\n"), junk, Reading.utf8("\np,r,d"));
    List<Row> rows = Reading.rows(Reading.spec(write("a.csv", all)), block);
    int records = Lines.isBlank(junk) ? 2 : 3;
    assertThat(Reading.told(rows)).hasSize(records).startsWith(READ).endsWith(READ);
    assertThat(rows).allSatisfy(RecordsPropertiesTest::requireOneOutcome);
  }

  @Property(tries = 150)
  void aDocumentIsReadToItsEndOrToABreak(@ForAll("text") byte[] junk, @ForAll Layout layout) {
    byte[] all = join(Reading.utf8("[" + GOOD + ","), junk, Reading.utf8("," + GOOD + "]"));
    ReadSpec spec = Reading.spec(write("a.json", all));
    List<Row> rows = Reading.rows(spec);
    assertThat(Reading.told(rows)).startsWith(READ).hasSizeGreaterThan(1);
    String last = Reading.told(rows).get(rows.size() - 1);
    assertThat(last.equals(READ) || last.contains("broken-file")).isTrue();
    assertThat(rows).allSatisfy(RecordsPropertiesTest::requireOneOutcome);
    // No layout fails on any of it either.
    assertThat(Reading.rows(Reading.with(spec, layout))).hasSize(rows.size());
  }

  @Property(tries = 100)
  void delimitedFilesWithLineBreaksNeverFail(
      @ForAll("text") byte[] junk, @ForAll("text") byte[] more) {
    byte[] all =
        join(Reading.utf8("prompt,response,domain\np,r,d\n"), junk, Reading.utf8("\n"), more);
    ReadSpec spec =
        Reading.with(Reading.spec(write("a.csv", all)), new CsvOptions(true, ",", "\"", true));
    List<Row> rows = Reading.rows(spec);
    assertThat(Reading.told(rows)).startsWith(READ);
    assertThat(rows).allSatisfy(RecordsPropertiesTest::requireOneOutcome);
  }

  @Property(tries = 300)
  void damagedBytesDecodeAsJavaDoesAndAreLocated(@ForAll byte[] bytes) throws IOException {
    Utf8Reader reader = Utf8Reader.of(new ByteArrayInputStream(bytes));
    StringBuilder read = new StringBuilder();
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      read.append((char) c);
    }
    String java = new String(bytes, StandardCharsets.UTF_8);
    assertThat(read.toString()).isEqualTo(java.startsWith("\uFEFF") ? java.substring(1) : java);
    boolean valid =
        java.getBytes(StandardCharsets.UTF_8).length == bytes.length && !java.contains("\uFFFD");
    assertThat(reader.damaged(0, Long.MAX_VALUE)).isEqualTo(!valid);
  }

  @Property(tries = 300)
  void cleanTextIsCleanAgain(
      @ForAll String text, @ForAll Normalization normalization, @ForAll boolean collapse) {
    TextCleaner cleaner = new TextCleaner(new Cleaning(normalization, collapse, 0, 0, 0));
    String clean = cleaner.clean(text);
    assertThat(cleaner.clean(clean)).isEqualTo(clean);
    assertThat(clean.codePoints())
        .noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private static void requireOneOutcome(Row row) {
    boolean problem = row.getAs(RecordSchema.PROBLEM) != null;
    assertThat(row.getAs(RecordSchema.KIND) != null).isEqualTo(problem);
    assertThat(row.getAs(RecordSchema.RECORD) != null).isEqualTo(problem);
    assertThat(row.getAs(RecordSchema.PROMPT) == null).isEqualTo(problem);
    assertThat(row.isNullAt(row.fieldIndex(RecordSchema.RESPONSES))).isEqualTo(problem);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
