package org.coplms.proxy.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Python's methods of strings that chat templates call. */
final class PythonStrings {
  private PythonStrings() {}

  /**
   * The result of a call.
   *
   * @return null for a method that is not supported, or not with so many arguments
   */
  static Object call(String self, String method, Object[] arguments) {
    Object first = arguments.length > 0 ? arguments[0] : null;
    return switch (method + "/" + arguments.length) {
      case "strip/0", "strip/1" -> strip(self, first);
      case "lstrip/0", "lstrip/1" -> self.substring(leading(self, first));
      case "rstrip/0", "rstrip/1" -> self.substring(0, self.length() - trailing(self, first));
      case "startswith/1" -> self.startsWith(first.toString());
      case "endswith/1" -> self.endsWith(first.toString());
      case "split/0" -> List.of(Pattern.compile("\\s+").split(self.strip()));
      case "split/1" -> split(self, first.toString(), Integer.MAX_VALUE);
      case "split/2" -> split(self, first.toString(), ((Number) arguments[1]).intValue());
      case "replace/2" -> self.replace(first.toString(), arguments[1].toString());
      case "upper/0" -> self.toUpperCase(Locale.ROOT);
      case "lower/0" -> self.toLowerCase(Locale.ROOT);
      case "title/0" -> title(self);
      case "capitalize/0" ->
          self.isEmpty()
              ? self
              : self.substring(0, 1).toUpperCase(Locale.ROOT)
                  + self.substring(1).toLowerCase(Locale.ROOT);
      case "find/1" -> (long) self.indexOf(first.toString());
      case "join/1" ->
          ((List<?>) first).stream().map(Objects::toString).collect(Collectors.joining(self));
      default -> null;
    };
  }

  /** Without the characters at both ends; white space for null. */
  static String strip(String text, Object characters) {
    int start = leading(text, characters);
    return start == text.length()
        ? ""
        : text.substring(start, text.length() - trailing(text, characters));
  }

  private static int leading(String text, Object characters) {
    int length = 0;
    while (length < text.length() && isStripped(text.charAt(length), characters)) {
      length++;
    }
    return length;
  }

  private static int trailing(String text, Object characters) {
    int length = 0;
    while (length < text.length()
        && isStripped(text.charAt(text.length() - 1 - length), characters)) {
      length++;
    }
    return length;
  }

  private static boolean isStripped(char c, Object characters) {
    return characters == null
        ? Character.isWhitespace(c) || Character.isSpaceChar(c)
        : characters.toString().indexOf(c) >= 0;
  }

  private static List<String> split(String text, String separator, int most) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0 && parts.size() < most; ) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
      at = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static String title(String text) {
    return Pattern.compile("\\p{L}+")
        .matcher(text)
        .replaceAll(
            word ->
                word.group().substring(0, 1).toUpperCase(Locale.ROOT)
                    + word.group().substring(1).toLowerCase(Locale.ROOT));
  }
}
