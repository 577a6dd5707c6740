package org.coplms.proxy.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LmTokenizerTest {
  @TempDir private Path dir;

  static Stream<Supplier<LmTokenizer>> anyTextTokenizers() {
    return Stream.of(
        () -> TestTokenizers.byteLevel(259),
        () -> TestTokenizers.byteLevel(450),
        TestTokenizers::llama2);
  }

  @ParameterizedTest
  @MethodSource("anyTextTokenizers")
  void decodeUndoesEncode(Supplier<LmTokenizer> open) {
    try (LmTokenizer tokenizer = open.get()) {
      for (String text : TestText.SAMPLES) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("anyTextTokenizers")
  void byteEndsGrowToTheLengthOfTheText(Supplier<LmTokenizer> open) {
    try (LmTokenizer tokenizer = open.get()) {
      for (String text : TestText.SAMPLES) {
        int[] ends = tokenizer.byteEnds(text, tokenizer.encode(text)).orElseThrow();
        assertThat(ends).isSorted();
        assertThat(ends.length == 0 ? 0 : ends[ends.length - 1])
            .isEqualTo(text.getBytes(UTF_8).length);
      }
    }
  }

  @Test
  void encodingIsNeitherTruncatedNorPaddedNorFramed() {
    String json =
        BpeTrainer.train(TestText.wordCounts(""), new BpeTrainer.Spec(259))
            .replaceFirst(
                "\"truncation\" : null",
                "\"truncation\" : {\"direction\":\"Right\",\"max_length\":4,\"strategy\":\"LongestFirst\",\"stride\":0}")
            .replaceFirst(
                "\"padding\" : null",
                "\"padding\" : {\"strategy\":{\"Fixed\":9},\"direction\":\"Right\",\"pad_to_multiple_of\":null,\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"<pad>\"}");
    try (LmTokenizer tokenizer = LmTokenizer.parse(json);
        LmTokenizer framing = TestTokenizers.llama2()) {
      assertThat(tokenizer.encode("a".repeat(3000))).hasSize(3000);
      assertThat(tokenizer.encode("abc")).hasSize(3);
      assertThat(framing.encode("the")).hasSize(1);
    }
  }

  @Test
  void byteLevelTokensHaveTheirBytes() {
    try (LmTokenizer tokenizer = TestTokenizers.byteLevel(450)) {
      assertThat(tokenizer.isByteLevel()).isTrue();
      for (int value = 0; value < 256; value++) {
        assertThat(tokenizer.tokenBytes(3 + value)).containsExactly(value);
        assertThat(tokenizer.role(3 + value)).isEqualTo(TokenRole.TEXT);
      }
      assertThat(texts(tokenizer, tokenizer.encode(" french")).get(0)).startsWith(" ");
    }
  }

  @Test
  void sentencePieceTokensHaveTheirBytes() {
    try (LmTokenizer tokenizer = TestTokenizers.llama2()) {
      assertThat(tokenizer.isByteLevel()).isFalse();
      assertThat(texts(tokenizer, tokenizer.encode("the mai\n")))
          .containsExactly(" the", " mai", "\n");
      int newline = tokenizer.encode("\n")[1];
      assertThat(newline).isEqualTo(3 + 0x0A);
      assertThat(tokenizer.isByteFallback(newline)).isTrue();
      assertThat(tokenizer.isByteFallback(tokenizer.encode("a")[1])).isFalse();
      assertThat(tokenizer.tokenBytes(3 + 0xE4)).containsExactly(0xE4);
    }
  }

  @Test
  void specialTokensAreEmptyAndHaveARole() {
    try (LmTokenizer trained = TestTokenizers.byteLevel(259);
        LmTokenizer llama2 = TestTokenizers.llama2()) {
      assertThat(roles(trained, 0, 1, 2))
          .containsExactly(TokenRole.PAD, TokenRole.BOS, TokenRole.EOS);
      assertThat(roles(llama2, 0, 1, 2))
          .containsExactly(TokenRole.OTHER, TokenRole.BOS, TokenRole.EOS);
      assertThat(llama2.tokenBytes(0)).isEmpty();
      assertThat(llama2.tokenBytes(1)).isEmpty();
      assertThat(llama2.padId()).as("no PAD: falls back to EOS").isEqualTo(2);

      int size = llama2.vocabSize();
      assertThat(llama2.role(size - 2)).as("<turn>").isEqualTo(TokenRole.OTHER);
      assertThat(llama2.tokenBytes(size - 1)).as("added but not special").hasSize(4);
      assertThat(llama2.role(size - 3)).as("an id without a token").isEqualTo(TokenRole.OTHER);
    }
  }

  @Test
  void idsPastTheVocabularyAreEmpty() {
    try (LmTokenizer tokenizer = TestTokenizers.byteLevel(259)) {
      assertThat(tokenizer.role(300)).isEqualTo(TokenRole.OTHER);
      assertThat(tokenizer.tokenBytes(300)).isEmpty();
      assertThat(tokenizer.decode(new int[] {3 + 'a', 300, 3 + 'b'})).isEqualTo("ab");
    }
  }

  @Test
  void decodeLeavesSpecialTokensOutAndMarksMalformedBytes() {
    try (LmTokenizer tokenizer = TestTokenizers.byteLevel(259)) {
      assertThat(tokenizer.decode(new int[] {1, 3 + 'a', 0, 3 + 0xC3, 3 + 0xA9, 2}))
          .isEqualTo("aé");
      assertThat(tokenizer.decode(new int[] {3 + 0xC3, 3 + 'a'})).isEqualTo("\uFFFDa");
    }
  }

  @Test
  void dummyPrefixSpaceIsNotCounted() {
    try (LmTokenizer llama2 = TestTokenizers.llama2();
        LmTokenizer unigram = TestTokenizers.unigram()) {
      assertThat(ends(llama2, "the mai")).containsExactly(3, 7);
      assertThat(ends(llama2, " the")).as("a space of its own").containsExactly(0, 4);
      assertThat(ends(llama2, "17")).as("the prefix is a token").containsExactly(0, 1, 2);
      assertThat(ends(unigram, "the mai")).containsExactly(3, 7);
      assertThat(ends(unigram, " the")).as("Metaspace adds no second space").containsExactly(4);
      assertThat(ends(llama2, "")).isEmpty();
    }
  }

  @Test
  void textThatTheTokensDoNotSpellHasNoByteEnds() {
    try (LmTokenizer trained = TestTokenizers.byteLevel(259);
        LmTokenizer unigram = TestTokenizers.unigram()) {
      assertThat(trained.byteEnds("ab", trained.encodeWithin("", "a", "<eos>"))).isEmpty();
      assertThat(unigram.byteEnds("thé", unigram.encode("thé"))).as("unknown token").isEmpty();
      assertThat(trained.byteEnds("\uD83D", trained.encode("\uD83D"))).as("half pair").isEmpty();
    }
  }

  @Test
  void continuationHasNoDummyPrefix() {
    try (LmTokenizer llama2 = TestTokenizers.llama2();
        LmTokenizer unigram = TestTokenizers.unigram();
        LmTokenizer trained = TestTokenizers.byteLevel(450)) {
      assertThat(texts(llama2, llama2.encodeContinuation("the").orElseThrow()))
          .containsExactly("t", "he");
      assertThat(texts(llama2, llama2.encodeContinuation(" the").orElseThrow()))
          .containsExactly(" the");
      assertThat(texts(unigram, unigram.encodeContinuation("mai").orElseThrow()))
          .containsExactly("m", "ai");
      assertThat(unigram.encodeContinuation("é")).as("unknown").isEmpty();
      assertThat(trained.encodeContinuation("in french").orElseThrow())
          .isEqualTo(trained.encode("in french"));
    }
  }

  @Test
  void configurationNamesTheSpecialTokens() {
    String json = BpeTrainer.train(TestText.wordCounts(""), new BpeTrainer.Spec(259));
    String end =
        "{\"bos_token\":\"<eos>\",\"eos_token\":{\"content\":\"<eos>\"},\"pad_token\":null}";
    try (LmTokenizer tokenizer = LmTokenizer.parse(json, end)) {
      assertThat(tokenizer.bosId()).hasValue(2);
      assertThat(tokenizer.eosId()).isEqualTo(2);
      assertThat(tokenizer.padId()).isEqualTo(2);
      assertThat(roles(tokenizer, 0, 1, 2))
          .containsExactly(TokenRole.OTHER, TokenRole.OTHER, TokenRole.EOS);
    }
    try (LmTokenizer tokenizer = LmTokenizer.parse(json, "{\"bos_token\":null}")) {
      assertThat(tokenizer.bosId()).isEmpty();
      assertThat(tokenizer.eosId()).isEqualTo(2);
    }
    assertThatThrownBy(() -> LmTokenizer.parse(json, "{\"eos_token\":\"<|im_end|>\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eos_token '<|im_end|>'");
    assertThatThrownBy(() -> LmTokenizer.parse(json, "{\"eos_token\":null}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eos_token");
  }

  @Test
  void savedTokenizerIsTheSame() {
    String json = BpeTrainer.train(TestText.wordCounts(TestText.CORPUS), new BpeTrainer.Spec(300));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json, "{\"bos_token\":null}")) {
      tokenizer.save(dir);
      try (LmTokenizer loaded = LmTokenizer.load(dir)) {
        assertThat(loaded.hash()).isEqualTo(tokenizer.hash());
        assertThat(loaded.sameVocabulary(tokenizer)).isTrue();
        assertThat(loaded.bosId()).isEmpty();
        assertThat(loaded.json()).isEqualTo(json);
      }
    }
  }

  @Test
  void hashTellsTokenizersApart() {
    String json = BpeTrainer.train(TestText.wordCounts(TestText.CORPUS), new BpeTrainer.Spec(300));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json);
        LmTokenizer reformatted = LmTokenizer.parse(json.replace("\n", "\n ").replace(" : ", ":"));
        LmTokenizer otherEnd = LmTokenizer.parse(json, "{\"eos_token\":\"<bos>\"}");
        LmTokenizer larger = TestTokenizers.byteLevel(301)) {
      assertThat(tokenizer.hash()).matches("[0-9a-f]{64}");
      assertThat(reformatted.hash()).isEqualTo(tokenizer.hash());
      assertThat(otherEnd.hash()).isNotEqualTo(tokenizer.hash());
      assertThat(otherEnd.sameVocabulary(tokenizer)).isFalse();
      assertThat(larger.hash()).isNotEqualTo(tokenizer.hash());
      assertThat(larger.sameVocabulary(tokenizer)).isFalse();
    }
  }

  @Test
  void severalThreadsMayEncodeAtOnce() {
    try (LmTokenizer tokenizer = TestTokenizers.byteLevel(450)) {
      List<int[]> expected = TestText.SAMPLES.stream().map(tokenizer::encode).toList();
      boolean equal =
          IntStream.range(0, 4000)
              .parallel()
              .map(i -> i % TestText.SAMPLES.size())
              .allMatch(
                  i -> Arrays.equals(tokenizer.encode(TestText.SAMPLES.get(i)), expected.get(i)));
      assertThat(equal).isTrue();
    }
  }

  @Test
  void folderWithoutATokenizerIsNamed() throws IOException {
    assertThatThrownBy(() -> LmTokenizer.load(dir.resolve("none")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no such folder")
        .hasMessageContaining("none");
    assertThatThrownBy(() -> LmTokenizer.load(dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("No tokenizer.json in " + dir);
    Files.writeString(dir.resolve("tokenizer.model"), "sentencepiece");
    assertThatThrownBy(() -> LmTokenizer.load(dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("convert it once")
        .hasMessageContaining("AutoTokenizer")
        .hasMessageContaining(dir.toString());
  }

  @Test
  void unusableTokenizerIsRefusedWithItsPlace() throws IOException {
    Path file = dir.resolve("tokenizer.json");
    Files.writeString(file, "{\n\"model\": oops}");
    assertThatThrownBy(() -> LmTokenizer.load(dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(dir.toString())
        .hasMessageContaining("line 2");
    Files.writeString(file, "{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}");
    assertThatThrownBy(() -> LmTokenizer.load(dir)).hasMessageContaining("no model.vocab");
    Files.writeString(
        file,
        "{\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\"},\"decoder\":{\"type\":\"WordPiece\"},\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"[SEP]\":0}}}");
    assertThatThrownBy(() -> LmTokenizer.load(dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("neither byte-level")
        .hasMessageContaining("WordPiece");
    Files.writeString(
        file,
        "{\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"Riddle\",\"vocab\":{\"</s>\":0}}}");
    assertThatThrownBy(() -> LmTokenizer.load(dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("refuses tokenizer.json");
  }

  private static int[] ends(LmTokenizer tokenizer, String text) {
    return tokenizer.byteEnds(text, tokenizer.encode(text)).orElseThrow();
  }

  private static List<String> texts(LmTokenizer tokenizer, int[] ids) {
    return IntStream.of(ids).mapToObj(id -> new String(tokenizer.tokenBytes(id), UTF_8)).toList();
  }

  private static List<TokenRole> roles(LmTokenizer tokenizer, int... ids) {
    return IntStream.of(ids).mapToObj(tokenizer::role).toList();
  }
}
