package org.coplms.proxy.mutual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.coplms.proxy.tokenizer.AnyText;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TestTokenizers;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;

/** Real tokenizers of every pair of kinds, random texts, with and without truncation. */
class ByteAlignmentPropertiesTest {
  private static List<LmTokenizer> tokenizers;

  @BeforeContainer
  static void open() {
    tokenizers =
        List.of(
            TestTokenizers.byteLevel(259),
            TestTokenizers.byteLevel(320),
            TestTokenizers.byteLevel(450),
            TestTokenizers.llama2());
  }

  @AfterContainer
  static void close() {
    tokenizers.forEach(LmTokenizer::close);
  }

  @Provide
  Arbitrary<String> texts() {
    return AnyText.texts();
  }

  @Provide
  Arbitrary<LmTokenizer> anyTokenizer() {
    return Arbitraries.integers().between(0, 3).map(i -> tokenizers.get(i));
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void groupsAreExactlyTheCommonEndsInOrder(
      @ForAll("texts") String response,
      @ForAll("anyTokenizer") LmTokenizer tokenizerX,
      @ForAll("anyTokenizer") LmTokenizer tokenizerY,
      @ForAll @IntRange(min = 5, max = 120) int maxTokens) {
    TokenizedExample x = example(tokenizerX, response, maxTokens);
    TokenizedExample y = example(tokenizerY, response, maxTokens);
    Alignment alignment = ByteAlignment.align(x, y);

    int[] common = commonEnds(x, y);
    boolean eos = !x.truncated() && !y.truncated();
    assertThat(alignment.groups()).isEqualTo(common.length + (eos ? 1 : 0));
    assertThat(startBytes(x, alignment.positionsX()))
        .as("each group begins where the last ended: all bytes are covered")
        .isEqualTo(starts(common, alignment.groups()));
    assertThat(startBytes(y, alignment.positionsY())).isEqualTo(starts(common, alignment.groups()));
    assertThat(alignment.positionsX()).isSorted().doesNotHaveDuplicates();
    assertThat(alignment.positionsY()).isSorted().doesNotHaveDuplicates();
    if (eos) {
      assertThat(common.length == 0 ? 0 : common[common.length - 1])
          .isEqualTo(response.getBytes(UTF_8).length);
      assertThat(x.ids()[last(alignment.positionsX()) + 1]).isEqualTo(tokenizerX.eosId());
      assertThat(y.ids()[last(alignment.positionsY()) + 1]).isEqualTo(tokenizerY.eosId());
    }
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void swappingTheSidesSwapsThePositions(
      @ForAll("texts") String response,
      @ForAll("anyTokenizer") LmTokenizer tokenizerX,
      @ForAll("anyTokenizer") LmTokenizer tokenizerY,
      @ForAll @IntRange(min = 5, max = 120) int maxTokens) {
    TokenizedExample x = example(tokenizerX, response, maxTokens);
    TokenizedExample y = example(tokenizerY, response, maxTokens);
    Alignment forth = ByteAlignment.align(x, y);
    Alignment back = ByteAlignment.align(y, x);
    assertThat(back.positionsX()).isEqualTo(forth.positionsY());
    assertThat(back.positionsY()).isEqualTo(forth.positionsX());
    assertThat(back.oneToOne()).isEqualTo(forth.oneToOne());
  }

  @Property(tries = 300)
  void oneTokenizerAlignsWithItselfTokenByToken(
      @ForAll("texts") String response, @ForAll("anyTokenizer") LmTokenizer tokenizer) {
    TokenizedExample example = example(tokenizer, response, 1000);
    Alignment alignment = ByteAlignment.align(example, example);
    assertThat(alignment.positionsX()).isEqualTo(alignment.positionsY());
    int dummy = (int) Arrays.stream(example.responseEnds()).filter(end -> end == 0).count();
    assertThat(alignment.groups()).isEqualTo(example.responseLength() - dummy);
    assertThat(alignment.oneToOne()).isEqualTo(alignment.groups());
  }

  private static TokenizedExample example(LmTokenizer tokenizer, String response, int maxTokens) {
    return TokenizedExample.of("k", "q", response, tokenizer, TextFormat.LINES, maxTokens)
        .orElseThrow();
  }

  private static int[] commonEnds(TokenizedExample x, TokenizedExample y) {
    return Arrays.stream(x.responseEnds())
        .filter(end -> end > 0 && Arrays.stream(y.responseEnds()).anyMatch(other -> other == end))
        .toArray();
  }

  /** Where in the response the context of each position ends. */
  private static int[] startBytes(TokenizedExample example, int[] positions) {
    return Arrays.stream(positions)
        .map(position -> position - example.promptLength())
        .map(last -> last < 0 ? 0 : example.responseEnds()[last])
        .toArray();
  }

  private static int[] starts(int[] ends, int groups) {
    return IntStream.range(0, groups).map(group -> group == 0 ? 0 : ends[group - 1]).toArray();
  }

  private static int last(int[] values) {
    return values[values.length - 1];
  }
}
