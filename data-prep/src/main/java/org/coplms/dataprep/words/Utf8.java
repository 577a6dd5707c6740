package org.coplms.dataprep.words;

/** Lengths in UTF-8. */
final class Utf8 {
  private Utf8() {}

  /** Number of bytes of a text, without encoding it; half a surrogate pair counts as its "?". */
  static long length(String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x800) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        bytes += Character.isSurrogate(c) && !pair ? 0 : 2; // 4 bytes for 2 chars, 3 for 1
        i += pair ? 1 : 0;
      } else if (c >= 0x80) {
        bytes++;
      }
    }
    return bytes;
  }
}
