package org.coplms.dataprep.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Texts for messages and for the quarantine. */
final class Text {
  private static final int BRIEF = 40;

  private Text() {}

  /** The text of bytes that must be UTF-8. */
  static String decode(byte[] bytes) throws UnusableRecordException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw notUtf8();
    }
  }

  static UnusableRecordException notUtf8() {
    return new UnusableRecordException(
        Reason.NOT_UTF8, "the bytes are not UTF-8; convert the file to UTF-8");
  }

  /** At most {@link RecordSchema#MOST_RECORD_CHARS} characters, and how many more there were. */
  static String bounded(String text) {
    int most = RecordSchema.MOST_RECORD_CHARS;
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "… (%d more characters)".formatted(text.length() - end);
  }

  /** On one line, cut where it is long. */
  static String brief(String text) {
    String line = TextCleaner.label(text);
    return line.length() <= BRIEF ? line : line.substring(0, BRIEF) + "…";
  }
}
