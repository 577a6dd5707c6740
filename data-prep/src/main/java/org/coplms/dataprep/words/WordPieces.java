package org.coplms.dataprep.words;

import java.util.function.Consumer;
import java.util.regex.Matcher;

/**
 * The pieces of a text that a tokenizer's merges never cross: each match of a pattern, and what
 * stands between two matches, as in the {@code Isolated} split of a {@code tokenizer.json}.
 */
final class WordPieces {
  private WordPieces() {}

  /** Gives the pieces in their order; together they are the text. */
  static void forEach(Matcher matches, String text, Consumer<String> piece) {
    matches.reset(text);
    int end = 0;
    while (matches.find()) {
      give(text, end, matches.start(), piece);
      give(text, matches.start(), matches.end(), piece);
      end = matches.end();
    }
    give(text, end, text.length(), piece);
  }

  private static void give(String text, int start, int end, Consumer<String> piece) {
    if (start < end) {
      piece.accept(text.substring(start, end));
    }
  }
}
