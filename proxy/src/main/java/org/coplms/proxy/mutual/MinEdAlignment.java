package org.coplms.proxy.mutual;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizedExample;

/**
 * Aligns two tokenizations of one response as FedMKT (Fan et al. 2024, arXiv 2406.02224) does,
 * after FuseLLM (Wan et al. 2024): by dynamic time warping, where a pair of tokens costs the edit
 * distance of their texts without spaces.
 *
 * <p>A student's token has a teacher when the cheapest path meets it with one teacher's token only,
 * and that one has the same text or is mapped to it by {@link MinEdVocabulary}; all others, those
 * that face a group of tokens among them, go without. The logits that <em>predict</em> the two
 * tokens are compared; their contexts need not end at the same byte, unlike in {@link
 * ByteAlignment}. O(n·m) distances. Where neither side is truncated (EOS, EOS) is the last pair.
 */
public final class MinEdAlignment {
  static final int NONE = -1;

  private static final byte SPACE = ' ';

  private MinEdAlignment() {}

  /** A response as one model reads it. */
  public record Side(TokenizedExample example, LmTokenizer tokenizer) {

    /**
     * What each token of the response holds of it, EOS left out: the token's bytes, less a dummy
     * prefix.
     */
    byte[][] texts() {
      int[] ends = example.responseEnds();
      byte[][] texts = new byte[ends.length][];
      for (int i = 0; i < ends.length; i++) {
        byte[] bytes = tokenizer.tokenBytes(id(i));
        int length = Math.max(0, ends[i] - (i == 0 ? 0 : ends[i - 1]));
        texts[i] = Arrays.copyOfRange(bytes, bytes.length - length, bytes.length);
      }
      return texts;
    }

    int id(int responseToken) {
      return example.ids()[example.promptLength() + responseToken];
    }

    /** The index into {@code ids} whose logits predict a token of the response, or EOS after it. */
    int predicting(int responseToken) {
      return example.promptLength() + responseToken - 1;
    }
  }

  /**
   * The student's positions that have a teacher, ascending, and the teacher's.
   *
   * @param map from the teacher's vocabulary to the student's
   * @return positions X of the student, Y of the teacher; every pair counts as one to one
   */
  public static Alignment align(Side student, Side teacher, MinEdVocabulary map) {
    byte[][] own = student.texts();
    byte[][] other = teacher.texts();
    int[] partners = partners(own, other);
    int[] taught =
        IntStream.range(0, own.length)
            .filter(i -> partners[i] != NONE)
            .filter(
                i ->
                    Arrays.equals(own[i], other[partners[i]])
                        || map.map(teacher.id(partners[i])) == student.id(i))
            .toArray();
    IntStream x = Arrays.stream(taught).map(student::predicting);
    IntStream y = Arrays.stream(taught).map(i -> teacher.predicting(partners[i]));
    if (!student.example().truncated() && !teacher.example().truncated()) {
      x = IntStream.concat(x, IntStream.of(student.predicting(own.length)));
      y = IntStream.concat(y, IntStream.of(teacher.predicting(other.length)));
    }
    int[] positions = x.toArray();
    return new Alignment(positions, y.toArray(), positions.length);
  }

  /** For each token the only one that the cheapest path meets it with, or -1. */
  static int[] partners(byte[][] student, byte[][] teacher) {
    int[] partners = new int[student.length];
    Arrays.fill(partners, NONE);
    if (student.length == 0 || teacher.length == 0) {
      return partners;
    }
    int[][] cost = costs(student, teacher);
    int[] met = new int[student.length];
    int i = student.length - 1;
    int j = teacher.length - 1;
    while (i >= 0 && j >= 0) {
      met[i]++;
      partners[i] = met[i] == 1 ? j : NONE;
      int both = cost[i][j]; // cost[i + 1][j + 1] is that of the tokens i and j
      if (both <= cost[i + 1][j] && both <= cost[i][j + 1]) {
        i--;
        j--;
      } else if (cost[i + 1][j] <= cost[i][j + 1]) {
        j--;
      } else {
        i--;
      }
    }
    return partners;
  }

  /** Cost of the cheapest path through two token sequences; the same both ways round. */
  static int cost(byte[][] x, byte[][] y) {
    return costs(x, y)[x.length][y.length];
  }

  /** (n + 1, m + 1): the cheapest path over the first i and the first j tokens. */
  private static int[][] costs(byte[][] x, byte[][] y) {
    byte[][] wordsX = withoutSpaces(x);
    byte[][] wordsY = withoutSpaces(y);
    int unreachable = Integer.MAX_VALUE / 2;
    int[][] cost = new int[x.length + 1][y.length + 1];
    Arrays.fill(cost[0], unreachable);
    cost[0][0] = 0;
    for (int i = 1; i <= x.length; i++) {
      cost[i][0] = unreachable;
      for (int j = 1; j <= y.length; j++) {
        int before = Math.min(cost[i - 1][j - 1], Math.min(cost[i - 1][j], cost[i][j - 1]));
        cost[i][j] = before + MinEdDistance.of(wordsX[i - 1], wordsY[j - 1]);
      }
    }
    return cost;
  }

  /** As tokenizers differ in whether a space begins the next word's token. */
  private static byte[][] withoutSpaces(byte[][] texts) {
    byte[][] words = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      byte[] word = new byte[texts[i].length];
      int length = 0;
      for (byte b : texts[i]) {
        if (b != SPACE) {
          word[length++] = b;
        }
      }
      words[i] = Arrays.copyOf(word, length);
    }
    return words;
  }
}
