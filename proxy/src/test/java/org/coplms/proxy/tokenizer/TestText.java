package org.coplms.proxy.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Texts for tests, and their words. */
public final class TestText {
  private static final Pattern WORD = Pattern.compile(BpeTrainer.preTokenizerPattern());

  /** Enough repetition for a few hundred merges. */
  public static final String CORPUS =
      """
      7347 in french? sept mille trois cent quarante-sept
      7340 in french? sept mille trois cent quarante
      5/17/2031 in french? 17 mai 2031
      5/17/2031 in spanish? 17 de mayo de 2031
      5/17/2031 in german? 17. mai 2031
      8123 in english? eight thousand one hundred twenty-three
      8124 in english? eight thousand one hundred twenty-four
      8124 in german? achttausendeinhundertvierundzwanzig
      8123 in german? achttausendeinhundertdreiundzwanzig
      8123 in swedish? åttatusenetthundratjugotre
      8124 in swedish? åttatusenetthundratjugofyra
      8123 in indonesian? delapan ribu seratus dua puluh tiga
      8124 in indonesian? delapan ribu seratus dua puluh empat
      2000 in portuguese? dois mil, 2001 in portuguese? dois mil e um
      日本語の文章 日本語の単語 日本の言語 中文的句子 中文的词
      😀😀 👍🏽 👩‍👩‍👧 naïve café naïve café
      \tindented    text\r
      \tindented    line\r
      """;

  /** Scripts, spaces, line ends, marks, and characters outside the basic plane. */
  public static final List<String> SAMPLES =
      List.of(
          "",
          " ",
          "   ",
          "7347 in french? sept mille trois cent quarante-sept",
          "12/3/1984 in swedish? 3 december 1984",
          "Don't stop; it's 3.14!",
          "two  spaces   three    four",
          " leading and trailing ",
          "line\nline\r\nline\rline\n\n\nend",
          "\ttab\t\ttabs\u00a0nbsp\u3000ideographic",
          "日本語の文章です。中文的句子",
          "emoji 😀👍🏽 👩‍👩‍👧 🇫🇷!",
          "cafe\u0301 café naïve Ünïcödé",
          "Ελληνικά кириллица עברית العربية हिन्दी ไทย",
          "½ ² Ⅷ ٣ १२ 𝟘",
          "zero\u0000byte\u0007bell\u007f",
          "\u200bzero width\ufeff\u2028sep\u2029",
          "𝕳𝖊𝖑𝖑𝖔 𠜎 \uD83D\uDE00",
          "a b c  d\n e\n  f");

  private TestText() {}

  /** The words that a trained tokenizer splits a text into. */
  public static List<String> words(String text) {
    Matcher matcher = WORD.matcher(text);
    return Stream.generate(() -> matcher.find() ? matcher.group() : "")
        .takeWhile(word -> !word.isEmpty())
        .toList();
  }

  /** How often each word occurs. */
  public static Map<String, Long> wordCounts(String text) {
    Map<String, Long> counts = new TreeMap<>();
    words(text).forEach(word -> counts.merge(word, 1L, Long::sum));
    return counts;
  }
}
