package org.coplms.proxy.mutual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TestTokenizers;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ByteAlignmentTest {
  private static LmTokenizer bytes;
  private static LmTokenizer merged;
  private static LmTokenizer llama2;

  @BeforeAll
  static void open() {
    bytes = TestTokenizers.byteLevel(259);
    merged = TestTokenizers.byteLevel(450);
    llama2 = TestTokenizers.llama2();
  }

  @AfterAll
  static void close() {
    bytes.close();
    merged.close();
    llama2.close();
  }

  @Test
  void groupsEndWhereBothEnd() {
    Alignment alignment = ByteAlignment.align(ended(4, 2, 3, 7), ended(2, 1, 3, 5, 7));
    // Groups end at 3, 7 and EOS; the logits before each group's first token are compared.
    assertThat(alignment.positionsX()).containsExactly(3, 5, 6);
    assertThat(alignment.positionsY()).containsExactly(1, 3, 5);
    assertThat(alignment.groups()).isEqualTo(3);
    assertThat(alignment.oneToOne()).as("EOS only").isEqualTo(1);
  }

  @Test
  void oneTokenOnEachSideIsOneToOne() {
    assertThat(ByteAlignment.align(ended(1, 1, 4, 5), ended(1, 1, 2, 4, 5)).oneToOne())
        .isEqualTo(3);
  }

  @Test
  void noCommonEndBeforeTheLastLeavesOneGroupAndEos() {
    Alignment alignment = ByteAlignment.align(ended(1, 2, 4, 6), ended(1, 3, 5, 6));
    assertThat(alignment.positionsX()).containsExactly(0, 3);
    assertThat(alignment.positionsY()).containsExactly(0, 3);
  }

  @Test
  void truncationLeavesTheLargestCommonBoundaryAndNoEos() {
    // X is cut after byte 5; the largest end that Y shares within is 3.
    Alignment alignment = ByteAlignment.align(cut(1, 2, 3, 5), ended(1, 3, 6, 8));
    assertThat(alignment.positionsX()).containsExactly(0);
    assertThat(alignment.positionsY()).containsExactly(0);

    Alignment both = ByteAlignment.align(cut(1, 2, 3, 5), cut(1, 2, 4, 5, 6));
    assertThat(both.positionsX()).containsExactly(0, 1);
    assertThat(both.positionsY()).containsExactly(0, 1);
  }

  @Test
  void truncationOfEosAloneLeavesEosOut() {
    Alignment alignment = ByteAlignment.align(cut(1, 2, 3), ended(1, 1, 3));
    assertThat(alignment.groups()).isEqualTo(1);
  }

  @Test
  void nothingInCommonWithinTheTruncationGivesNoGroup() {
    assertThat(ByteAlignment.align(cut(1, 2, 4), ended(1, 3, 5)).groups()).isZero();
  }

  @Test
  void emptyResponseAlignsEosAlone() {
    Alignment alignment = ByteAlignment.align(example(bytes, ""), example(llama2, ""));
    assertThat(alignment.positionsX()).containsExactly(example(bytes, "").promptLength() - 1);
    assertThat(alignment.positionsY()).containsExactly(example(llama2, "").promptLength() - 1);
    assertThat(alignment.oneToOne()).isEqualTo(1);
  }

  @Test
  void differentResponsesAreRefused() {
    assertThatThrownBy(() -> ByteAlignment.align(ended(1, 2, 3), ended(1, 2, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 and 4 bytes");
    assertThatThrownBy(() -> ByteAlignment.align(cut(1, 2, 5), ended(1, 2, 4)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sameTokenizerAlignsEveryToken() {
    TokenizedExample example = example(merged, "sept mille trois cent 😀");
    Alignment alignment = ByteAlignment.align(example, example);
    assertThat(alignment.groups()).isEqualTo(example.responseLength());
    assertThat(alignment.oneToOne()).isEqualTo(example.responseLength());
    assertThat(alignment.positionsX()).isEqualTo(alignment.positionsY());
    for (int group = 0; group < alignment.groups(); group++) {
      assertThat(alignment.positionsX()[group]).isEqualTo(example.promptLength() - 1 + group);
    }
  }

  /** 😀 is four bytes on one side; a token of fewer groups on the other. */
  @Test
  void emojiIsAlignedAsAWhole() {
    TokenizedExample x = example(bytes, "a😀b");
    TokenizedExample y = example(merged, "a😀b");
    assertThat(y.responseEnds()).as("the emoji is one token").containsExactly(1, 5, 6);
    Alignment alignment = ByteAlignment.align(x, y);
    assertThat(fromPrompt(alignment.positionsX(), x)).containsExactly(0, 1, 5, 6);
    assertThat(fromPrompt(alignment.positionsY(), y)).containsExactly(0, 1, 2, 3);
    assertThat(alignment.oneToOne()).isEqualTo(3);
  }

  /** 言 is three byte tokens in llama2, 日本 one token, and bytes in the other. */
  @Test
  void cjkSplitOverTokensIsAlignedAtCharacters() {
    TokenizedExample x = example(bytes, "日本言");
    TokenizedExample y = example(llama2, "日本言");
    assertThat(y.responseEnds())
        .as("dummy prefix, 日本, three <0xHH>")
        .containsExactly(0, 6, 7, 8, 9);
    Alignment alignment = ByteAlignment.align(x, y);
    assertThat(fromPrompt(alignment.positionsX(), x)).containsExactly(0, 6, 7, 8, 9);
    assertThat(fromPrompt(alignment.positionsY(), y)).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void byteTokensAlignWithByteTokens() {
    TokenizedExample x = example(llama2, "é\n語");
    TokenizedExample y = example(bytes, "é\n語");
    Alignment alignment = ByteAlignment.align(x, y);
    // é is a piece of llama2; the newline and 語 are <0xHH>.
    assertThat(fromPrompt(alignment.positionsX(), x)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(fromPrompt(alignment.positionsY(), y)).containsExactly(0, 2, 3, 4, 5, 6);
    assertThat(alignment.oneToOne()).isEqualTo(5);
  }

  @Test
  void bosOnOneSideShiftsThatSideOnly() {
    try (LmTokenizer withoutBos = LmTokenizer.parse(bytes.json(), "{\"bos_token\":null}")) {
      Alignment alignment = ByteAlignment.align(example(bytes, "ab"), example(withoutBos, "ab"));
      assertThat(alignment.positionsX()).containsExactly(2, 3, 4);
      assertThat(alignment.positionsY()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void leadingSpaceOfTheTextIsItsFirstByte() {
    TokenizedExample x = example(llama2, " the");
    TokenizedExample y = example(bytes, " the");
    assertThat(x.responseEnds()).as("dummy prefix, then ▁the").containsExactly(0, 4);
    Alignment alignment = ByteAlignment.align(x, y);
    assertThat(fromPrompt(alignment.positionsX(), x)).containsExactly(1, 2);
    assertThat(fromPrompt(alignment.positionsY(), y)).containsExactly(0, 4);
  }

  @Test
  void crlfIsOneTokenOrTwo() {
    TokenizedExample x = example(merged, "a\r\nb");
    TokenizedExample y = example(llama2, "a\r\nb");
    assertThat(x.responseEnds()).as("\\r\\n is one token").containsExactly(1, 3, 4);
    Alignment alignment = ByteAlignment.align(x, y);
    assertThat(fromPrompt(alignment.positionsX(), x)).containsExactly(0, 1, 2, 3);
    assertThat(fromPrompt(alignment.positionsY(), y)).containsExactly(1, 2, 4, 5);
  }

  private static TokenizedExample example(LmTokenizer tokenizer, String response) {
    return TokenizedExample.of("k", "q", response, tokenizer, TextFormat.LINES, 1000).orElseThrow();
  }

  private static int[] fromPrompt(int[] positions, TokenizedExample example) {
    int[] relative = positions.clone();
    for (int i = 0; i < relative.length; i++) {
      relative[i] -= example.promptLength() - 1;
    }
    return relative;
  }

  private static TokenizedExample ended(int promptLength, int... ends) {
    return new TokenizedExample(
        "x", new int[promptLength + ends.length + 1], promptLength, ends, false);
  }

  private static TokenizedExample cut(int promptLength, int... ends) {
    return new TokenizedExample("x", new int[promptLength + ends.length], promptLength, ends, true);
  }
}
