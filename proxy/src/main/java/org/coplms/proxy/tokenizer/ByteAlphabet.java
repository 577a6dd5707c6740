package org.coplms.proxy.tokenizer;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The one-to-one table of byte-level BPE between bytes and printable characters: a printable
 * Latin-1 byte is its own character, the other 68 are U+0100 onwards in the order of their values
 * (Radford et al. 2019, GPT-2's {@code bytes_to_unicode}).
 */
final class ByteAlphabet {
  private static final int BYTES = 256;
  private static final char[] CHARACTERS = new char[BYTES];
  private static final int[] VALUES = new int[2 * BYTES];

  static {
    Arrays.fill(VALUES, -1);
    char next = BYTES;
    for (int value = 0; value < BYTES; value++) {
      CHARACTERS[value] = isPrintable(value) ? (char) value : next++;
      VALUES[CHARACTERS[value]] = value;
    }
  }

  private ByteAlphabet() {}

  private static boolean isPrintable(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xA1 && value <= 0xAC)
        || (value >= 0xAE && value <= 0xFF);
  }

  /** The characters that stand for these bytes. */
  static String spell(byte[] bytes) {
    StringBuilder characters = new StringBuilder(bytes.length);
    for (byte value : bytes) {
      characters.append(CHARACTERS[Byte.toUnsignedInt(value)]);
    }
    return characters.toString();
  }

  /** The bytes that these characters stand for; null when one of them stands for none. */
  static byte[] read(String characters) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(characters.length());
    for (int i = 0; i < characters.length(); i++) {
      char character = characters.charAt(i);
      if (character >= VALUES.length || VALUES[character] < 0) {
        return null;
      }
      bytes.write(VALUES[character]);
    }
    return bytes.toByteArray();
  }
}
