package org.coplms.dataprep.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.AbstractStringAssert;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.words.TextFiles.Format;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class TextFilesTest {
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
  void linesOfPlainAndCompressedFilesInFoldersAreTexts() throws IOException {
    write("in/a.txt", "one\ntwo\n");
    Files.createDirectories(folder.resolve("in/deep"));
    gzip("in/deep/b.txt.gz", "three\n");

    assertThat(content("in"))
        .containsExactly("{'value':'one'}", "{'value':'three'}", "{'value':'two'}");
    assertThat(content("in/*.txt")).hasSize(2);
    assertThat(find("in").isPlain()).isFalse();
    assertThat(find("in/a.txt").isPlain()).isTrue();
    assertThat(find("in/a.txt").bytes()).isEqualTo(8);
  }

  @Test
  void theNameSaysTheFormat() {
    assertThat(List.of("a.jsonl", "b.json.gz", "c.NDJSON", "part-0.snappy.parquet"))
        .extracting(Format::ofName)
        .containsExactly(Format.JSONL, Format.JSONL, Format.JSONL, Format.PARQUET);
    assertThat(List.of("a.txt", "README", "json", "x.parquet.md.txt", "b.gz"))
        .extracting(Format::ofName)
        .containsOnly(Format.TEXT);
  }

  @Test
  void promptsAndResponsesAreTheTextsOfTables() throws IOException {
    write("a.jsonl", "{'prompt':'p','response':'r','domain':'d'}\n\n{'responses':['s','t']}\n");

    assertThat(content("a.jsonl"))
        .containsExactly("{'prompt':'p','response':'r'}", "{'responses':['s','t']}");
    spark.read().json(folder.resolve("a.jsonl").toString()).write().parquet(folder + "/a.parquet");
    assertThat(content("a.parquet")).isEqualTo(content("a.jsonl"));
  }

  @Test
  void namedColumnsMayLieWithinOthers() throws IOException {
    write(
        "a.jsonl",
        "{'messages':[{'role':'user','content':'hi'},{'role':'bot','content':'ho'}],'meta':{'t':'x'},'a.b':'c'}\n");

    assertThat(content("a.jsonl", "messages.content", "meta.t", "a.b"))
        .containsExactly("{'messages.content':['hi','ho'],'meta.t':'x','a.b':'c'}");
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    write("a.jsonl", "{'q':'p','n':1}\n");
    assertRefused("absent.txt").contains("no file", "absent.txt");
    assertRefused("a.jsonl").contains("a.jsonl", "--column", "n, q");
    assertRefused("a.jsonl", "q", "answer").contains("no column 'answer'", "n, q");
    assertRefused("a.jsonl", "q.text").contains("no column 'q.text'");
    assertRefused("a.jsonl", "n").contains("'n'", "bigint", "string or array<string>");
  }

  @Test
  void textHasNoColumns() throws IOException {
    write("a.txt", "one\n");
    assertRefused("a.txt", "body").contains("'body'", "jsonl or parquet");
  }

  @Test
  void filesOfSeveralFormatsAreRefusedUnlessOneIsNamed() throws IOException {
    write("in/a.txt", "one\n");
    write("in/b.jsonl", "{}\n");
    assertRefused("in").contains("a.txt, b.jsonl", "glob");
    TextFiles all =
        TextFiles.find(
            folder.resolve("in").toString(), Optional.of(Format.TEXT), List.of(), hadoop());
    assertThat(LocalSpark.content(all.texts(spark))).hasSize(2);
  }

  @Test
  void aLineThatIsNoJsonIsShownWithItsFile() throws IOException {
    write("in/b.jsonl", "{'prompt':'p'}\n");
    write("in/a.jsonl", "{'prompt':'p'}\nplain text " + "long ".repeat(30) + "\n");
    assertRefused("in").contains("in/a.jsonl", "plain text long", "…;").hasSizeLessThan(350);
    write("in/a.jsonl", "nothing else\n");
    Files.delete(folder.resolve("in/b.jsonl"));
    assertRefused("in").contains("in/a.jsonl", "nothing else");
  }

  private AbstractStringAssert<?> assertRefused(String name, String... columns) {
    return assertThatThrownBy(() -> find(name, columns).texts(spark))
        .isInstanceOf(PreparationException.class)
        .message();
  }

  private List<String> content(String name, String... columns) {
    return LocalSpark.content(find(name, columns).texts(spark)).stream()
        .map(row -> row.replace('"', '\''))
        .toList();
  }

  private TextFiles find(String name, String... columns) {
    return TextFiles.find(
        folder.resolve(name).toString(), Optional.empty(), List.of(columns), hadoop());
  }

  private static Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text.replace('\'', '"'));
  }

  private void gzip(String name, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
