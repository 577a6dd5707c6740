package org.coplms.udfs.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.udfs.TinyWorld;
import org.coplms.udfs.model.ModelFolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class TokenLengthsTest {
  /** SentencePiece's way: a mark for spaces, bytes for some of what has no token. */
  private static final String WITH_FALLBACK =
      """
      {"version": "1.0", "truncation": null, "padding": null,
       "added_tokens": [
         {"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
         {"id": 1, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
         {"id": 2, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
       "normalizer": {"type": "Sequence", "normalizers": [
         {"type": "Prepend", "prepend": "▁"},
         {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
       "pre_tokenizer": null, "post_processor": null, "decoder": {"type": "ByteFallback"},
       "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>",
         "continuing_subword_prefix": null, "end_of_word_suffix": null,
         "fuse_unk": false, "byte_fallback": true,
         "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "<0xC3>": 3, "<0xA9>": 4, "▁": 5, "a": 6, "b": 7},
         "merges": []}}
      """;

  private static TinyWorld world;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    world = TinyWorld.start("local[2]");
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @BeforeEach
  void writeTokenizers() throws IOException {
    write("words", bpe(290));
    write("bytes", bpe(259));
    write("pieces", WITH_FALLBACK);
  }

  @Test
  void anExampleIsAsLongAsItIsInTraining() {
    TokenLengths lengths = lengths("words", "bytes");

    assertThat(lengths.names()).containsExactly("words", "bytes");
    for (String prompt : List.of("", "the other seven", "né 😀\n<eos>")) {
      int[] tokens = lengths.tokens(prompt, "the thing");
      List<int[]> ids = lengths.ids(prompt, "the thing");
      for (int i = 0; i < 2; i++) {
        int[] trained = trained(lengths.names().get(i), prompt, "the thing");
        assertThat(ids.get(i)).isEqualTo(trained);
        assertThat(tokens[i]).isEqualTo(trained.length);
      }
    }
    assertThat(lengths.tokens("the other", "seven")[1]).isEqualTo(1 + 9 + 1 + 5 + 1);
  }

  @Test
  void theFormatMayBeAnother() {
    TokenLengths plain =
        new TokenLengths(folders("bytes"), new TextFormat("Q: ", " A: "), world.files());

    assertThat(plain.tokens("12", "3")).containsExactly(1 + 3 + 2 + 4 + 1 + 1);
  }

  @Test
  void executorsGetTheSameLengths() {
    TokenLengths lengths = lengths("bytes", "words", "pieces");
    List<Row> rows = world.questions(2, 20, 4).collectAsList();

    List<String> there =
        world.questions(2, 20, 4).map(new LengthsFn(lengths), Encoders.STRING()).collectAsList();

    assertThat(there)
        .containsExactlyElementsOf(rows.stream().map(row -> shown(lengths, row)).toList());
  }

  @Test
  void copiesShareATokenizerUntilItsFileIsWrittenAnew() throws Exception {
    TokenLengths lengths = lengths("bytes");
    String path = folder.resolve("bytes").toString();
    LmTokenizer first = TokenizerCache.get(path, world.files());
    assertThat(TokenizerCache.get(path, world.files())).isSameAs(first);
    int before = copy(lengths).tokens("the other", "the")[0];

    write("bytes", bpe(290));
    Files.setLastModifiedTime(
        folder.resolve("bytes/tokenizer.json"), FileTime.fromMillis(1_000_000));

    assertThat(TokenizerCache.get(path, world.files())).isNotSameAs(first);
    assertThat(copy(lengths).tokens("the other", "the")[0]).isLessThan(before);
  }

  @Test
  void aMissingTokenizerIsNamed() {
    TokenLengths lengths = lengths("nowhere");
    assertThatThrownBy(() -> lengths.tokens("a", "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining("nowhere");
  }

  @Test
  void coverageCountsUnknownAndFallbackAndUsedTokens() {
    TokenLengths lengths = lengths("pieces");
    List<VocabularyCoverage> seen = lengths.coverages();

    lengths.cover("aé 日", seen);

    VocabularyCoverage pieces = seen.get(0);
    assertThat(pieces.tokens()).isEqualTo(6); // ▁ a <0xC3> <0xA9> ▁ <unk>
    assertThat(pieces.usedTokens()).isEqualTo(4);
    assertThat(pieces.usedShare()).isCloseTo(4 / 5.0, within(1e-12));
    assertThat(pieces.unknownShare()).isCloseTo(1 / 6.0, within(1e-12));
    assertThat(pieces.fallbackShare()).isCloseTo(2 / 6.0, within(1e-12));
    assertThat(pieces.tokensPerWord()).isCloseTo(3, within(1e-12));
  }

  @Test
  void coveragesOfPartsMergeToThatOfTheWhole() {
    TokenLengths lengths = lengths("words");
    List<VocabularyCoverage> whole = lengths.coverages();
    List<VocabularyCoverage> one = lengths.coverages();
    List<VocabularyCoverage> other = lengths.coverages();
    List.of("the thing", "other seven").forEach(text -> lengths.cover(text, whole));
    lengths.cover("the thing", one);
    lengths.cover("other seven", other);

    VocabularyCoverage merged = other.get(0).merge(one.get(0));

    assertThat(merged.tokens()).isEqualTo(whole.get(0).tokens()).isPositive();
    assertThat(merged.usedShare()).isEqualTo(whole.get(0).usedShare()).isPositive();
    assertThat(merged.tokensPerWord()).isEqualTo(whole.get(0).tokensPerWord());
    assertThat(merged.unknownShare()).isZero();
    assertThatThrownBy(() -> merged.merge(lengths("bytes").coverages().get(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("different vocabularies");
  }

  @Test
  void noTextIsNoShare() {
    VocabularyCoverage none = lengths("words").coverages().get(0);

    assertThat(List.of(none.usedShare(), none.unknownShare(), none.tokensPerWord()))
        .containsOnly(0.0);
  }

  private TokenLengths lengths(String... names) {
    return new TokenLengths(folders(names), world.files());
  }

  private Map<String, String> folders(String... names) {
    Map<String, String> folders = new LinkedHashMap<>();
    for (String name : names) {
      folders.put(name, folder.resolve(name).toString());
    }
    return folders;
  }

  private int[] trained(String name, String prompt, String response) {
    try (LmTokenizer tokenizer =
        ModelFolder.tokenizer(folder.resolve(name).toString(), world.files())) {
      return TokenizedExample.of("x", prompt, response, tokenizer, TextFormat.LINES, 1_000)
          .orElseThrow()
          .ids();
    }
  }

  private static String bpe(int vocabSize) {
    return BpeTrainer.train(
        Map.of("the", 9L, " thing", 7L, " other", 5L, " seven", 4L),
        new BpeTrainer.Spec(vocabSize));
  }

  private void write(String name, String json) throws IOException {
    Files.createDirectories(folder.resolve(name));
    Files.writeString(folder.resolve(name).resolve("tokenizer.json"), json);
  }

  private static TokenLengths copy(TokenLengths lengths) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(lengths);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (TokenLengths) in.readObject();
    }
  }

  private static String shown(TokenLengths lengths, Row row) {
    return IntStream.of(lengths.tokens(row.getAs("prompt"), row.<String>getList(3).get(0)))
        .boxed()
        .toList()
        .toString();
  }

  private static final class LengthsFn implements MapFunction<Row, String> {
    private static final long serialVersionUID = 1L;

    private final TokenLengths lengths;

    LengthsFn(TokenLengths lengths) {
      this.lengths = lengths;
    }

    @Override
    public String call(Row row) {
      return shown(lengths, row);
    }
  }
}
