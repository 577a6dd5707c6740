package org.coplms.dataprep.duplicates;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.coplms.dataprep.PromptKey;

/**
 * A text as the set of its character n-grams, each hashed to an index below {@link #DIMENSION}.
 *
 * <p>The text is first brought into the form of {@link PromptKey}: NFKC, lower case, single spaces.
 * Characters are Unicode code points. A text shorter than n is one shingle, the empty one too.
 *
 * <p>Two different shingles share an index with probability 2⁻³¹: the similarity of two texts of
 * 100 shingles is off by one shingle in one of 10⁵ pairs.
 */
public final class Shingles implements Serializable {
  /** Indices must stay below the prime of MLlib's MinHash, minus one. */
  public static final int DIMENSION = MinHashes.PRIME - 1;

  private static final long serialVersionUID = 1L;

  /** Odd, from the golden ratio. */
  private static final long BASE = 0x9e3779b97f4a7c15L;

  private final int length;

  /** BASE to the power of the length, modulo 2⁶⁴. */
  private final long leaving;

  /**
   * @param length characters of a shingle
   * @throws IllegalArgumentException when it is not positive
   */
  public Shingles(int length) {
    if (length < 1) {
      throw new IllegalArgumentException("A shingle must have at least 1 character, got " + length);
    }
    this.length = length;
    long power = 1;
    for (int i = 0; i < length; i++) {
      power *= BASE;
    }
    leaving = power;
  }

  /** The set as MLlib takes it: a sparse vector with 1 at each shingle's index. */
  public Vector vector(String text) {
    int[] indices = of(text);
    double[] ones = new double[indices.length];
    Arrays.fill(ones, 1);
    return Vectors.sparse(DIMENSION, indices, ones);
  }

  /** The indices, ascending, each once. */
  int[] of(String text) {
    int[] indices = occurrences(text);
    Arrays.sort(indices);
    int distinct = 1;
    for (int i = 1; i < indices.length; i++) {
      if (indices[i] != indices[i - 1]) {
        indices[distinct++] = indices[i];
      }
    }
    return Arrays.copyOf(indices, distinct);
  }

  /** The indices in the text's order, with repetitions; at least one. */
  int[] occurrences(String text) {
    int[] points = codePoints(PromptKey.of(text));
    int[] indices = new int[Math.max(1, points.length - length + 1)];
    long hash = 0;
    for (int i = 0; i < points.length; i++) {
      hash = hash * BASE + points[i] + 1;
      if (i >= length) {
        hash -= leaving * (points[i - length] + 1);
      }
      if (i >= length - 1) {
        indices[i - length + 1] = index(hash);
      }
    }
    if (points.length < length) {
      indices[0] = index(hash);
    }
    return indices;
  }

  private static int index(long hash) {
    return (int) ((Mix.of(hash) >>> 1) % DIMENSION);
  }

  private static int[] codePoints(String text) {
    int[] points = new int[text.length()];
    int count = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(points[count - 1])) {
      points[count++] = text.codePointAt(i);
    }
    return count == points.length ? points : Arrays.copyOf(points, count);
  }
}
