package org.coplms.proxy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenizedExampleTest {
  private static LmTokenizer bytes;

  @BeforeAll
  static void open() {
    bytes = TestTokenizers.byteLevel(259);
  }

  @AfterAll
  static void close() {
    bytes.close();
  }

  @Test
  void idsAreBosPromptResponseEos() {
    TokenizedExample example = example("p", "é!", 100).orElseThrow();
    assertThat(example.ids()).containsExactly(1, 3 + 'p', 3 + '\n', 3 + 0xC3, 3 + 0xA9, 3 + '!', 2);
    assertThat(example.promptLength()).isEqualTo(3);
    assertThat(example.responseEnds()).containsExactly(1, 2, 3);
    assertThat(example.truncated()).isFalse();
    assertThat(example.length()).isEqualTo(7);
    assertThat(example.responseLength()).isEqualTo(4);
  }

  @Test
  void responseThatJustFitsKeepsItsEos() {
    assertThat(example("p", "abc", 7).orElseThrow().truncated()).isFalse();
  }

  @Test
  void responseThatDoesNotFitIsCutAndHasNoEos() {
    TokenizedExample onlyEosMissing = example("p", "abc", 6).orElseThrow();
    assertThat(onlyEosMissing.truncated()).isTrue();
    assertThat(onlyEosMissing.ids())
        .containsExactly(1, 3 + 'p', 3 + '\n', 3 + 'a', 3 + 'b', 3 + 'c');
    assertThat(onlyEosMissing.responseEnds()).containsExactly(1, 2, 3);

    TokenizedExample cut = example("p", "abc", 4).orElseThrow();
    assertThat(cut.ids()).containsExactly(1, 3 + 'p', 3 + '\n', 3 + 'a');
    assertThat(cut.responseEnds()).containsExactly(1);
    assertThat(cut.responseLength()).isEqualTo(1);
  }

  @Test
  void promptThatLeavesNoPlaceIsSkipped() {
    assertThat(example("p", "abc", 3)).isEmpty();
    assertThat(example("p".repeat(50), "abc", 40)).isEmpty();
  }

  @Test
  void emptyResponseIsEosAlone() {
    TokenizedExample example = example("p", "", 100).orElseThrow();
    assertThat(example.ids()).containsExactly(1, 3 + 'p', 3 + '\n', 2);
    assertThat(example.responseEnds()).isEmpty();
    assertThat(example.truncated()).isFalse();
  }

  @Test
  void textsThatTheTokensDoNotSpellAreSkipped() {
    assertThat(example("p", "a\uD83Db", 100)).as("half a pair").isEmpty();
    assertThat(example("a\uD83Db", "r", 100)).isEmpty();
    try (LmTokenizer unigram = TestTokenizers.unigram()) {
      assertThat(TokenizedExample.of("k", "the", "日本é", unigram, TextFormat.LINES, 100)).isEmpty();
    }
  }

  @Test
  void dummyPrefixesAddNoBytes() {
    try (LmTokenizer llama2 = TestTokenizers.llama2()) {
      TokenizedExample example =
          TokenizedExample.of("k", "17 in", "the mai", llama2, TextFormat.LINES, 100).orElseThrow();
      assertThat(example.responseEnds()).containsExactly(3, 7);
      assertThat(example.ids()[0]).isEqualTo(1);
      assertThat(example.ids()[example.length() - 1]).isEqualTo(2);
    }
  }

  @Test
  void inconsistentLengthsAreRefused() {
    assertThatThrownBy(() -> new TokenizedExample("k", new int[4], 2, new int[2], false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Example k");
    assertThatThrownBy(() -> new TokenizedExample("k", new int[1], 0, new int[0], false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Optional<TokenizedExample> example(String prompt, String response, int maxTokens) {
    return TokenizedExample.of("key", prompt, response, bytes, TextFormat.LINES, maxTokens);
  }
}
