package org.coplms.dataprep.duplicates;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.coplms.dataprep.PromptKey;

/**
 * A text as the set of its character n-grams, each hashed to an index below {@link #DIMENSION}.
 *
 * <p>The text is first brought into the form of {@link PromptKey}: NFKC, lower case, single spaces.
 * Characters are Unicode code points. A text shorter than n is one shingle, the empty one too.
 *
 * <p>Paragraphs, between which a line is empty, weigh about the same whatever their length, so that
 * two questions about one passage, or two inputs of one long instruction, are not alike for what
 * they share: where there are several, each gives the same sample of {@value #OF_A_PARAGRAPH} of
 * its shingles wherever it stands, the least ones, and a shorter one gives its shingles several
 * times over, under other indices.
 *
 * <p>Two different shingles share an index with probability 2⁻³¹: the similarity of two texts of
 * 100 shingles is off by one shingle in one of 10⁵ pairs.
 */
public final class Shingles implements Serializable {
  /** Indices must stay below the prime of MLlib's MinHash, minus one. */
  public static final int DIMENSION = MinHashes.PRIME - 1;

  private static final long serialVersionUID = 1L;

  /** Shingles of each of several paragraphs, at most; one of fewer gives more than half as many. */
  private static final int OF_A_PARAGRAPH = 32;

  private static final Pattern EMPTY_LINES = Pattern.compile("\\n\\s*\\n");

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
    return distinct(occurrences(text));
  }

  /** The indices in any order, with repetitions; at least one. */
  int[] occurrences(String text) {
    if (text.indexOf('\n') < 0) {
      return inParagraph(text);
    }
    List<String> paragraphs =
        EMPTY_LINES.splitAsStream(text).filter(paragraph -> !paragraph.isBlank()).toList();
    return paragraphs.size() < 2
        ? inParagraph(text)
        : paragraphs.stream().flatMapToInt(this::sample).toArray();
  }

  private IntStream sample(String paragraph) {
    int[] all = distinct(inParagraph(paragraph));
    int times = Math.max(1, OF_A_PARAGRAPH / all.length);
    return Arrays.stream(all)
        .limit(OF_A_PARAGRAPH)
        .flatMap(shingle -> IntStream.range(0, times).map(time -> again(shingle, time)));
  }

  private static int again(int shingle, int time) {
    return time == 0 ? shingle : index((long) time << Integer.SIZE | shingle);
  }

  /** Sorts what is given. */
  private static int[] distinct(int[] indices) {
    Arrays.sort(indices);
    int distinct = 1;
    for (int i = 1; i < indices.length; i++) {
      if (indices[i] != indices[i - 1]) {
        indices[distinct++] = indices[i];
      }
    }
    return Arrays.copyOf(indices, distinct);
  }

  /** The indices in the text's order, with repetitions. */
  private int[] inParagraph(String text) {
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
