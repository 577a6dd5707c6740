package org.coplms.proxy.mutual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TestText;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.junit.jupiter.api.Test;

class MinEdAlignmentTest extends FourTokenizers {
  private static final int NONE = -1;
  private static final String MIXED = "sept mille 日本語の文章 😀👍🏽 café, two  spaces";

  /**
   * Worked by hand. Distances: utilize to util 3, to ize 4, to it 6; it to util 3, to ize 2, to it
   * 0. Cheapest costs:
   *
   * <pre>
   *            util  ize   it
   *   utilize    3    7    13
   *   it         6    5     5
   * </pre>
   *
   * Back from the corner: left (5 against 7 and 13), then the diagonal (3 against 6 and 7). So it
   * meets ize and it, two tokens, and goes without.
   */
  @Test
  void theCheapestPathIsTheOneWorkedByHand() {
    byte[][] student = tokens("utilize", " it");
    byte[][] teacher = tokens("util", "ize", " it");
    assertThat(MinEdAlignment.cost(student, teacher)).isEqualTo(5);
    assertThat(MinEdAlignment.partners(student, teacher)).containsExactly(0, NONE);
    assertThat(MinEdAlignment.cost(teacher, student)).isEqualTo(5);
    assertThat(MinEdAlignment.partners(teacher, student)).containsExactly(0, 1, 1);
  }

  @Test
  void aTokenThatFacesAGroupGoesWithout() {
    assertThat(MinEdAlignment.partners(tokens("abcd"), tokens("ab", "cd"))).containsExactly(NONE);
    assertThat(MinEdAlignment.partners(tokens("ab", "cd"), tokens("abcd"))).containsExactly(0, 0);
    assertThat(MinEdAlignment.partners(tokens("a", "b", "c"), tokens("a", "b", "c")))
        .containsExactly(0, 1, 2);
    assertThat(MinEdAlignment.partners(tokens(), tokens("a"))).isEmpty();
    assertThat(MinEdAlignment.partners(tokens("a"), tokens())).containsExactly(NONE);
  }

  @Test
  void spacesCostNothing() {
    assertThat(MinEdAlignment.cost(tokens(" two", " spaces"), tokens("two", "  spaces"))).isZero();
  }

  @Test
  void theCostIsTheSameBothWaysRound() {
    for (String text : TestText.SAMPLES) {
      byte[][] x = side(text, merged).texts();
      byte[][] y = side(text, bytes).texts();
      assertThat(MinEdAlignment.cost(x, y)).isEqualTo(MinEdAlignment.cost(y, x));
    }
  }

  @Test
  void oneTokenizerAlignsEveryPositionWithItself() {
    for (LmTokenizer tokenizer : new LmTokenizer[] {bytes, merged, llama2}) {
      for (String text : TestText.SAMPLES) {
        Optional<TokenizedExample> read = read(text, tokenizer, 500);
        if (read.isPresent()) {
          MinEdAlignment.Side side = new MinEdAlignment.Side(read.get(), tokenizer);
          Alignment alignment = align(side, side);
          int first = read.get().promptLength() - 1;
          int[] all = IntStream.range(first, read.get().length() - 1).toArray();
          assertThat(alignment.positionsX()).isEqualTo(all);
          assertThat(alignment.positionsY()).isEqualTo(all);
          assertThat(alignment.oneToOne()).isEqualTo(alignment.groups());
        }
      }
    }
  }

  @Test
  void pairsHaveEqualTextOrAreMappedToEachOther() {
    LmTokenizer[] all = {bytes, merged, llama2, unigram};
    for (LmTokenizer one : all) {
      for (LmTokenizer other : all) {
        MinEdAlignment.Side student = side("mai", one);
        MinEdAlignment.Side teacher = side("mai", other);
        assertPairs(student, teacher);
        if (one != unigram && other != unigram) {
          assertPairs(side(MIXED, one), side(MIXED, other));
        }
      }
    }
  }

  @Test
  void spelledBytesAlignWithByteTokens() {
    // 😀 and 👍 are four <0xHH> each here, and four byte tokens there.
    MinEdAlignment.Side tokens = side("😀👍", bytes);
    MinEdAlignment.Side spelled = side("😀👍", llama2);
    assertThat(spelled.texts().length).as("the dummy prefix, then bytes").isEqualTo(9);
    assertThat(spelled.texts()[0]).isEmpty();
    assertThat(align(spelled, tokens).groups()).isGreaterThanOrEqualTo(8);
  }

  @Test
  void aTruncatedSideHasNoEnd() {
    MinEdAlignment.Side whole = side("sept mille", bytes);
    MinEdAlignment.Side cut =
        new MinEdAlignment.Side(read("sept mille", bytes, 8).orElseThrow(), bytes);
    assertThat(cut.example().truncated()).isTrue();
    int last = whole.example().length() - 2;
    assertThat(align(whole, whole).positionsX()).endsWith(last);
    assertThat(align(whole, cut).positionsX()).doesNotContain(last);
    assertThat(align(cut, whole).positionsY()).doesNotContain(last);
  }

  @Test
  void anEmptyResponseAlignsItsEnd() {
    Alignment alignment = align(side("", merged), side("", llama2));
    assertThat(alignment.positionsX())
        .containsExactly(side("", merged).example().promptLength() - 1);
    assertThat(alignment.positionsY())
        .containsExactly(side("", llama2).example().promptLength() - 1);
  }

  private static void assertPairs(MinEdAlignment.Side student, MinEdAlignment.Side teacher) {
    MinEdVocabulary map = MinEdVocabulary.between(teacher.tokenizer(), student.tokenizer());
    Alignment alignment = align(student, teacher);
    int[] x = alignment.positionsX();
    int[] y = alignment.positionsY();
    assertThat(x).isSorted().doesNotHaveDuplicates();
    assertThat(y).isSorted().hasSameSizeAs(x);
    for (int i = 0; i < x.length; i++) {
      int own = student.example().ids()[x[i] + 1];
      int other = teacher.example().ids()[y[i] + 1];
      byte[] ownText = student.tokenizer().tokenBytes(own);
      byte[] otherText = teacher.tokenizer().tokenBytes(other);
      assertThat(map.map(other) == own || Arrays.equals(strip(ownText), strip(otherText)))
          .as("%d and %d", own, other)
          .isTrue();
    }
  }

  private static byte[] strip(byte[] text) {
    return text.length > 0 && text[0] == ' ' ? Arrays.copyOfRange(text, 1, text.length) : text;
  }

  private static Alignment align(MinEdAlignment.Side student, MinEdAlignment.Side teacher) {
    return MinEdAlignment.align(
        student, teacher, MinEdVocabulary.between(teacher.tokenizer(), student.tokenizer()));
  }

  private static MinEdAlignment.Side side(String response, LmTokenizer tokenizer) {
    return new MinEdAlignment.Side(read(response, tokenizer, 500).orElseThrow(), tokenizer);
  }

  private static Optional<TokenizedExample> read(
      String response, LmTokenizer tokenizer, int maxTokens) {
    TextFormat format = new TextFormat("a");
    return TokenizedExample.of("e", "", response, tokenizer, format, maxTokens);
  }

  private static byte[][] tokens(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
  }
}
