package org.coplms.proxy.mutual;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenRole;

/**
 * The token of one vocabulary that stands for a token of another.
 *
 * <p>EOS is EOS; other special tokens have none; a token with the same bytes, the lowest id of
 * several; else the first token of the target's encoding of those bytes; else none. Of several
 * tokens with the same bytes SentencePiece's {@code <0xHH>} comes last: text is encoded with it
 * only where no other token holds the byte. Bytes that are no UTF-8 on their own cannot be encoded:
 * a byte-level target then has the token of the first byte.
 */
public final class VocabularyMap {
  private static final int NONE = -1;

  private final int[] targets;
  private final boolean identity;

  private VocabularyMap(int[] targets, boolean identity) {
    this.targets = targets;
    this.identity = identity;
  }

  /** The map between two tokenizers; the identity when they have the same vocabulary. */
  public static VocabularyMap between(LmTokenizer from, LmTokenizer to) {
    if (from.sameVocabulary(to)) {
      return identity(from.vocabSize());
    }
    Target target = new Target(to);
    return new VocabularyMap(
        IntStream.range(0, from.vocabSize()).map(id -> target.of(from, id)).toArray(), false);
  }

  /** Every id below {@code size} is its own target. */
  public static VocabularyMap identity(int size) {
    return new VocabularyMap(IntStream.range(0, size).toArray(), true);
  }

  /** The target's id, or -1 for none; ids past the vocabulary, as padded models have, have none. */
  public int map(int fromId) {
    return fromId < targets.length ? targets[fromId] : NONE;
  }

  /** Whether every token is its own target. */
  public boolean identity() {
    return identity;
  }

  /** Number of ids that are mapped from. */
  public int size() {
    return targets.length;
  }

  /** Number of ids that have a target. */
  public int mapped() {
    return (int) Arrays.stream(targets).filter(id -> id != NONE).count();
  }

  /** The target vocabulary by bytes. */
  private static final class Target {
    private final LmTokenizer tokenizer;
    private final Map<ByteBuffer, Integer> ids = new HashMap<>();

    Target(LmTokenizer tokenizer) {
      this.tokenizer = tokenizer;
      putText(false);
      putText(true);
    }

    private void putText(boolean byteFallback) {
      for (int id = 0; id < tokenizer.vocabSize(); id++) {
        byte[] bytes = tokenizer.tokenBytes(id);
        if (bytes.length > 0 && tokenizer.isByteFallback(id) == byteFallback) {
          ids.putIfAbsent(ByteBuffer.wrap(bytes), id);
        }
      }
    }

    int of(LmTokenizer from, int id) {
      if (from.role(id) == TokenRole.EOS) {
        return tokenizer.eosId();
      }
      byte[] bytes = from.tokenBytes(id);
      if (bytes.length == 0) {
        return NONE;
      }
      Integer equal = ids.get(ByteBuffer.wrap(bytes));
      if (equal != null) {
        return equal;
      }
      Optional<String> text = decode(bytes);
      return text.isPresent() ? firstOfEncoding(text.get()) : firstByte(bytes);
    }

    private int firstOfEncoding(String text) {
      return tokenizer
          .encodeContinuation(text)
          .filter(encoding -> encoding.length > 0)
          .map(encoding -> encoding[0])
          .orElse(NONE);
    }

    private int firstByte(byte[] bytes) {
      return tokenizer.isByteLevel() ? ids.getOrDefault(ByteBuffer.wrap(bytes, 0, 1), NONE) : NONE;
    }

    private static Optional<String> decode(byte[] bytes) {
      try {
        return Optional.of(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException e) {
        return Optional.empty();
      }
    }
  }
}
