package org.coplms.udfs.logits;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.coplms.proxy.train.Example;

/** Identity of the text that logits were computed over. */
final class ExampleHash {
  private ExampleHash() {}

  /** SHA-256 of prompt and learned response. */
  static String of(Example example) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(example.prompt().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(example.response().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
