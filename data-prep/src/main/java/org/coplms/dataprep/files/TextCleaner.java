package org.coplms.dataprep.files;

import java.io.Serializable;
import java.util.regex.Pattern;

/** Cleans texts as {@link Cleaning} says. */
final class TextCleaner implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern SPACES = Pattern.compile("[\\t\\p{Zs}]+");
  private static final Pattern WHITE_SPACE = Pattern.compile("[\\s\\p{Z}]+");
  private static final char NEXT_LINE = '\u0085';
  private static final char VERTICAL_TAB = '\u000B';
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Cleaning cleaning;

  TextCleaner(Cleaning cleaning) {
    this.cleaning = cleaning;
  }

  String clean(String text) {
    String normal = cleaning.normalization().apply(withoutControls(text));
    return strip(cleaning.collapseSpaces() ? SPACES.matcher(normal).replaceAll(" ") : normal);
  }

  /** A name on one line; equal looks are equal names, wherever a file name was made. */
  static String label(String text) {
    String composed = Normalization.NFC.apply(withoutControls(text));
    return strip(WHITE_SPACE.matcher(composed).replaceAll(" "));
  }

  /** Line ends as {@code \n}, without control characters, marks and halves of characters. */
  private static String withoutControls(String text) {
    if (text.chars().noneMatch(c -> special((char) c))) {
      return text;
    }
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
      if (Character.isSurrogatePair(c, next)) {
        kept.append(c).append(next);
        i++;
      } else if (!special(c)) {
        kept.append(c);
      } else if (isLineEnd(c) && !(c == '\r' && next == '\n')) {
        kept.append('\n');
      }
    }
    return kept.toString();
  }

  private static boolean isLineEnd(char c) {
    return c == '\r' || c == '\f' || c == VERTICAL_TAB || c == NEXT_LINE;
  }

  private static boolean special(char c) {
    return c == BYTE_ORDER_MARK
        || Character.isSurrogate(c)
        || (Character.isISOControl(c) && c != '\n' && c != '\t');
  }

  /** Unlike {@link String#strip} also without no-break spaces. */
  private static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
