package org.coplms.dataprep;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Seeds and fingerprints from SHA-256, equal on every machine. */
public final class KeyedSeed {
  private KeyedSeed() {}

  /** A seed of its own for each purpose and name under one run seed. */
  public static long of(long seed, String purpose, Object name) {
    return ByteBuffer.wrap(digest(seed + "/" + purpose + "/" + name)).getLong();
  }

  /** The first {@code bytes} bytes of the text's SHA-256, in hexadecimal digits. */
  public static String hex(String text, int bytes) {
    return HexFormat.of().formatHex(digest(text), 0, bytes);
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
