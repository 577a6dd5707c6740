package org.coplms.proxy.cotune;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A prompt's name among those that a device has seen: equal prompts have equal hashes on every
 * machine and in every version, and a prompt cannot be read off its hash.
 */
public final class PromptHash {
  private PromptHash() {}

  /** The first 8 bytes, big-endian, of the SHA-256 of the prompt's UTF-8 bytes. */
  public static long of(String prompt) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(prompt.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** The hashes of several prompts; unmodifiable. */
  public static SortedSet<Long> ofAll(Collection<String> prompts) {
    SortedSet<Long> hashes = new TreeSet<>();
    prompts.forEach(prompt -> hashes.add(of(prompt)));
    return Collections.unmodifiableSortedSet(hashes);
  }
}
