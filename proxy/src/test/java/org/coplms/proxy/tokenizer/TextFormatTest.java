package org.coplms.proxy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextFormatTest {
  @Test
  void promptBeginsWithBosAndEndsWithTheSeparator() {
    try (LmTokenizer bytes = TestTokenizers.byteLevel(259)) {
      assertThat(TextFormat.LINES.promptIds(bytes, "hi"))
          .containsExactly(1, 3 + 'h', 3 + 'i', 3 + '\n');
      assertThat(TextFormat.LINES.responseIds(bytes, "ok")).containsExactly(3 + 'o', 3 + 'k');
    }
  }

  @Test
  void promptHasNoBosWhereTheTokenizerHasNone() {
    try (LmTokenizer unigram = TestTokenizers.unigram()) {
      assertThat(new TextFormat("?").promptIds(unigram, "the")).isEqualTo(unigram.encode("the?"));
    }
  }

  @Test
  void emptySeparatorIsRefused() {
    assertThatThrownBy(() -> new TextFormat(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("separator");
  }
}
