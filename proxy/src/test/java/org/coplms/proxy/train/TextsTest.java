package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.junit.jupiter.api.Test;

class TextsTest {
  private static final Example SHORT = new Example("short", "d", "2+2?", List.of("4", "four"));
  private static final Example LONG = new Example("long", "d", "x".repeat(60), List.of("4"));

  @Test
  void theFirstResponseIsTheOneThatIsLearned() {
    try (LmTokenizer tokenizer = TinyTask.tokenizer(259)) {
      List<TokenizedExample> texts =
          Texts.tokenize(List.of(SHORT), tokenizer, TextFormat.LINES, 40);
      assertThat(tokenizer.decode(texts.get(0).ids())).isEqualTo("2+2?\n4");
    }
  }

  @Test
  void whatDoesNotFitIsLeftOut() {
    try (LmTokenizer tokenizer = TinyTask.tokenizer(259)) {
      assertThat(Texts.tokenize(List.of(LONG, SHORT), tokenizer, TextFormat.LINES, 40))
          .extracting(TokenizedExample::key)
          .containsExactly("short");
    }
  }

  @Test
  void nothingLeftIsAnErrorThatSaysWhy() {
    try (LmTokenizer tokenizer = TinyTask.tokenizer(259)) {
      assertThatThrownBy(() -> Texts.tokenize(List.of(LONG), tokenizer, TextFormat.LINES, 40))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("None of 1 examples")
          .hasMessageContaining("40 tokens");
    }
  }

  @Test
  void pickedElementsComeInTheOrderOfTheIndices() {
    assertThat(Texts.pick(List.of("a", "b", "c"), new int[] {2, 0, 2}))
        .containsExactly("c", "a", "c");
  }
}
