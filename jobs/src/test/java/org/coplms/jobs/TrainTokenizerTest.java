package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.cli.Console;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `coplms train-tokenizer` on small texts. */
@Tag("spark")
class TrainTokenizerTest {
  private static final List<String> LINES =
      IntStream.range(0, 200)
          .mapToObj(i -> "%d naïve cafés in 日本語の文 number %d 😀".formatted(i % 7, i % 13))
          .toList();

  @TempDir Path folder;
  private Path input;

  @BeforeEach
  void writeTexts() throws IOException {
    input = folder.resolve("texts.txt");
    Files.write(input, LINES);
  }

  @Test
  void theVocabularyIsAsLargeAsAskedForAndAnyTextComesBack() throws IOException {
    String out = train(input, "tok", "--vocab-size", "290");

    assertThat(out)
        .contains("290 tokens", "learned from 17 of 17 words: 100.00 %")
        .doesNotContain("fewer", "warning");
    List<String> texts =
        List.of(
            "naïve cafés",
            " two  spaces\r\n\ttab",
            "𝕳😀👩‍👩‍👧 <eos> \u0000\uffff",
            "Ελληνικά 語の文");
    try (LmTokenizer own = LmTokenizer.load(folder.resolve("tok"));
        HuggingFaceTokenizer library =
            HuggingFaceTokenizer.newInstance(
                folder.resolve("tok/tokenizer.json"), Map.of("addSpecialTokens", "false"))) {
      assertThat(own.vocabSize()).isEqualTo(290);
      assertThat(own.encode(" cafés")).hasSizeLessThan(4);
      for (String text : texts) {
        assertThat(own.decode(own.encode(text))).isEqualTo(text);
        assertThat(library.decode(library.encode(text).getIds(), false)).isEqualTo(text);
      }
    }
  }

  @Test
  void wordsAreLearnedFromAsIfCountedInOnePlace() throws IOException {
    train(input, "tok", "--vocab-size", "310", "--min-count", "1");

    Map<String, Long> counts = new TreeMap<>();
    Pattern pattern = Pattern.compile(BpeTrainer.preTokenizerPattern());
    for (String line : LINES) {
      pattern.matcher(line).results().forEach(m -> counts.merge(m.group(), 1L, Long::sum));
    }
    assertThat(folder.resolve("tok/tokenizer.json"))
        .content()
        .isEqualTo(BpeTrainer.train(counts, new BpeTrainer.Spec(310)));
  }

  @Test
  void filesPartitionsAndFormatsChangeNothing() throws IOException {
    train(input, "once", "--vocab-size", "310", "--master", "local[1]");
    Path parts = Files.createDirectories(folder.resolve("parts/deep")).getParent();
    Files.write(parts.resolve("b.txt"), LINES.subList(100, 200));
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(parts.resolve("deep/a.txt.gz")))) {
      out.write(String.join("\n", LINES.subList(0, 100)).getBytes(StandardCharsets.UTF_8));
    }
    Path parquet = folder.resolve("table.parquet");
    try (SparkSession spark = TinyRun.session("local[2]", 2)) {
      spark
          .createDataset(LINES, Encoders.STRING())
          .toDF("body")
          .repartition(5)
          .write()
          .parquet(parquet.toString());
    }
    Path jsonl = folder.resolve("table.jsonl");
    Files.write(
        jsonl,
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    "{\"prompt\": \"%s\", \"responses\": [\"%s\"]}"
                        .formatted(LINES.get(i), LINES.get(i + 100)))
            .toList());

    train(parts, "of-parts", "--vocab-size", "310");
    train(parquet, "of-parquet", "--vocab-size", "310", "--column", "body");
    train(jsonl, "of-jsonl", "--vocab-size", "310");

    for (String other : List.of("of-parts", "of-parquet", "of-jsonl")) {
      assertThat(folder.resolve(other).resolve("tokenizer.json"))
          .as(other)
          .hasSameBinaryContentAs(folder.resolve("once/tokenizer.json"));
    }
  }

  @Test
  void limitsChooseTheMostFrequentWords() {
    String out = train(input, "tok", "--vocab-size", "262", "--max-words", "2");

    assertThat(out).contains("learned from 2 of 17 words: ");
    try (LmTokenizer tokenizer = LmTokenizer.load(folder.resolve("tok"))) {
      assertThat(tokenizer.vocabSize()).isEqualTo(262);
    }
  }

  @Test
  void aTextOfFewPairsGivesAsManyTokensAsItAllows() throws IOException {
    Files.writeString(input, "aaaa\naaaa\n");

    assertThat(train(input, "tok")).contains("261 tokens", "fewer than the 32,000 asked for");
  }

  @Test
  void bytesThatAreNotUtf8AreWarnedOf() throws IOException {
    Files.write(input, "caf\u00e9 caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(train(input, "tok")).contains("warning: 2 characters are U+FFFD");
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() throws IOException {
    refused("no file at", folder.resolve("absent"), "tok");
    refused("at least 259 ids", input, "tok", "--vocab-size", "258");
    refused("min-count must be at least 1, got 0", input, "tok", "--min-count", "0");
    refused("max-words must be at least 1, got 0", input, "tok", "--max-words", "0");
    refused("'tsv'", input, "tok", "--format", "tsv");
    refused("has no column 'body'", input, "tok", "--column", "body");
    refused("lower --min-count", input, "tok", "--min-count", "10000");
    refused("is not a JSON object", input, "tok", "--format", "jsonl");
    refused("texts.txt is not a Parquet file. Expected", input, "tok", "--format", "parquet");
    Path empty = Files.createFile(folder.resolve("empty.txt"));
    refused("hold no text", empty, "tok");
    Path cut = folder.resolve("cut.txt.gz");
    Files.write(cut, Arrays.copyOf(gzipped(), 40));
    refused("cut.txt.gz (EOFException: ", cut, "tok");
    Files.writeString(folder.resolve("there.txt"), "");
    refused("exists and is not empty (there.txt)", input, "there.txt");
    assertThat(folder.resolve("tok")).doesNotExist();
  }

  private byte[] gzipped() throws IOException {
    Path whole = folder.resolve("whole.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      out.write(String.join("\n", LINES).getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = Files.readAllBytes(whole);
    Files.delete(whole);
    return bytes;
  }

  private String train(Path from, String to, String... options) {
    return Console.output(Stages.pipeline(), command(from, to, options));
  }

  private void refused(String named, Path from, String to, String... options) {
    Console.Outcome outcome = Console.run(Stages.pipeline(), command(from, to, options));
    assertThat(outcome.exitCode()).as(named + outcome.errors()).isEqualTo(2);
    assertThat(outcome.errors()).singleElement().asString().startsWith("error: ").contains(named);
  }

  private List<String> command(Path from, String to, String... options) {
    List<String> args = new ArrayList<>(List.of("train-tokenizer"));
    args.addAll(List.of("--input", from.toString(), "--output", folder.resolve(to).toString()));
    args.addAll(List.of(options));
    if (!args.contains("--master")) {
      args.addAll(List.of("--master", "local[2]"));
    }
    return args;
  }
}
