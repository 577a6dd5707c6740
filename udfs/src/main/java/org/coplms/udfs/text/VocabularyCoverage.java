package org.coplms.udfs.text;

import java.io.Serializable;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenRole;

/**
 * How well a vocabulary fits texts, summed text by text; sums of parts merge to that of the whole,
 * in any order. Not safe for use by several threads.
 */
public final class VocabularyCoverage implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What stands between spaces and line ends. */
  private static final Pattern WORD = Pattern.compile("[^\\s\\p{Z}]+");

  private final int textTokens;
  private final BitSet used = new BitSet();
  private long tokens;
  private long unknown;
  private long fallback;
  private long words;

  private VocabularyCoverage(int textTokens) {
    this.textTokens = textTokens;
  }

  /** Of no text yet. */
  static VocabularyCoverage of(LmTokenizer tokenizer) {
    IntStream ids = IntStream.range(0, tokenizer.vocabSize());
    return new VocabularyCoverage(
        (int) ids.filter(id -> tokenizer.role(id) == TokenRole.TEXT).count());
  }

  /** Adds a text by the tokenizer that this was made of. */
  void add(String text, LmTokenizer tokenizer) {
    for (int id : tokenizer.encode(text)) {
      tokens++;
      if (tokenizer.role(id) == TokenRole.TEXT) {
        used.set(id);
      } else {
        unknown++; // no special token comes of a text
      }
      fallback += tokenizer.isByteFallback(id) ? 1 : 0;
    }
    for (Matcher word = WORD.matcher(text); word.find(); ) {
      words++;
    }
  }

  /**
   * Adds what another, of the same tokenizer, has seen.
   *
   * @throws IllegalArgumentException when the other is of another vocabulary
   */
  public VocabularyCoverage merge(VocabularyCoverage other) {
    if (other.textTokens != textTokens) {
      throw new IllegalArgumentException(
          "Coverages of different vocabularies, of %d and %d tokens, cannot be merged"
              .formatted(textTokens, other.textTokens));
    }
    used.or(other.used);
    tokens += other.tokens;
    unknown += other.unknown;
    fallback += other.fallback;
    words += other.words;
    return this;
  }

  /** Number of the vocabulary's tokens for text. */
  public int textTokens() {
    return textTokens;
  }

  /** Number of tokens of all texts. */
  public long tokens() {
    return tokens;
  }

  /** Number of different tokens of all texts, the unknown one left out. */
  public int usedTokens() {
    return used.cardinality();
  }

  /** Share of the vocabulary's tokens for text that occur, 0 to 1. */
  public double usedShare() {
    return share(usedTokens(), textTokens);
  }

  /** Share of the tokens that are the unknown token, whose text is lost; 0 for no text. */
  public double unknownShare() {
    return share(unknown, tokens);
  }

  /** Share of the tokens that are {@code <0xHH>}, one byte of what no other token holds. */
  public double fallbackShare() {
    return share(fallback, tokens);
  }

  /** Tokens for each word, a word being what stands between spaces; 0 for no text. */
  public double tokensPerWord() {
    return share(tokens, words);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
