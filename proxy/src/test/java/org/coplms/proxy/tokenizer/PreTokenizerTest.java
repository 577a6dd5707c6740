package org.coplms.proxy.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One regular expression, two engines: Java counts the words that the library then splits. */
class PreTokenizerTest {
  private static final int BLOCK = 0x400;

  private static HuggingFaceTokenizer library;

  @BeforeAll
  static void openByteTokenizer() throws IOException {
    String json = BpeTrainer.train(Map.of(), new BpeTrainer.Spec(259));
    library =
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(json.getBytes(UTF_8)),
            Map.of("truncation", "false", "padding", "false"));
  }

  @AfterAll
  static void closeByteTokenizer() {
    library.close();
  }

  @Test
  void digitsPunctuationAndLineEndsStandAlone() {
    assertThat(TestText.words("7347 in french? sept-cent\r\n\nok"))
        .containsExactly(
            "7", "3", "4", "7", " in", " french", "?", " sept", "-", "cent", "\r\n", "\n", "ok");
  }

  @Test
  void lastSpaceBeforeLettersGoesWithThem() {
    assertThat(TestText.words("a   b  1 \t c\td "))
        .containsExactly("a", "  ", " b", "  ", "1", " \t", " c", "\t", "d", " ");
  }

  @Test
  void lettersKeepTheirMarksAndOtherCharactersStayWhole() {
    assertThat(TestText.words("cafe\u0301 日本語。😀👍🏽"))
        .containsExactly("cafe\u0301", " 日本語", "。", "😀", "👍", "🏽");
  }

  @Test
  void bothEnginesSplitSamplesAlike() {
    for (String text : TestText.SAMPLES) {
      assertThat(libraryWords(text)).as(text).isEqualTo(TestText.words(text));
    }
  }

  /** Every assigned character after a letter, and before and after a space, a tab and a digit. */
  @Test
  void bothEnginesSplitEveryCharacterAlike() {
    for (int first = 0; first <= Character.MAX_CODE_POINT; first += BLOCK) {
      StringBuilder text = new StringBuilder();
      IntStream.range(first, first + BLOCK)
          .filter(AnyText::isAssigned)
          .filter(codePoint -> Character.getType(codePoint) != Character.PRIVATE_USE)
          .forEach(
              c ->
                  text.append('x').appendCodePoint(c).append(" \t").appendCodePoint(c).append('1'));
      assertThat(libraryWords(text.toString()))
          .as("from U+%04X", first)
          .isEqualTo(TestText.words(text.toString()));
    }
  }

  /** The bytes that share a word index, one token being one byte. */
  private static List<String> libraryWords(String text) {
    Encoding encoding = library.encode(text, false, false);
    long[] ids = encoding.getIds();
    long[] wordIds = encoding.getWordIds();
    List<String> words = new ArrayList<>();
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    for (int i = 0; i < ids.length; i++) {
      word.write((int) ids[i] - 3);
      if (i + 1 == ids.length || wordIds[i + 1] != wordIds[i]) {
        words.add(word.toString(UTF_8));
        word.reset();
      }
    }
    return words;
  }
}
