package org.coplms.proxy.metric;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * Rouge-L of a prediction against one reference (Lin 2004), without stemming, each in [0, 1].
 *
 * <p>Tokens are as in Google's rouge-score: lower case, {@code [^a-z0-9]+} → space, split. So
 * accented letters separate tokens ("août" is "ao", "t") and text without any ASCII letter or digit
 * has no token and scores 0; exact match, beside it, sees every letter.
 *
 * @param precision LCS over the prediction's tokens
 * @param recall LCS over the reference's tokens
 * @param f1 their harmonic mean, 0 where either has no token
 */
public record RougeL(double precision, double recall, double f1) {
  private static final Pattern NOT_A_TOKEN = Pattern.compile("[^a-z0-9]+");
  private static final RougeL NONE = new RougeL(0, 0, 0);

  /** Scores against one reference. */
  public static RougeL of(String prediction, String reference) {
    List<String> predicted = tokens(prediction);
    List<String> expected = tokens(reference);
    int common = longestCommonSubsequence(predicted, expected);
    if (common == 0) {
      return NONE;
    }
    double precision = (double) common / predicted.size();
    double recall = (double) common / expected.size();
    return new RougeL(precision, recall, 2 * precision * recall / (precision + recall));
  }

  /**
   * The largest F1 over the references, in [0, 1].
   *
   * @throws IllegalArgumentException when there is no reference
   */
  public static double f1(String prediction, List<String> references) {
    return best(references, reference -> of(prediction, reference).f1);
  }

  /** The largest score over the references. */
  static double best(List<String> references, ToDoubleFunction<String> score) {
    return references.stream()
        .mapToDouble(score)
        .max()
        .orElseThrow(
            () -> new IllegalArgumentException("An answer needs at least one reference to score"));
  }

  private static List<String> tokens(String text) {
    String plain = NOT_A_TOKEN.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
    return plain.isEmpty() ? List.of() : List.of(plain.split(" ", -1));
  }

  /** O(n m) time, O(m) space. */
  private static int longestCommonSubsequence(List<String> left, List<String> right) {
    int[] previous = new int[right.size() + 1];
    for (String token : left) {
      int[] row = new int[right.size() + 1];
      for (int j = 0; j < right.size(); j++) {
        row[j + 1] =
            token.equals(right.get(j)) ? previous[j] + 1 : Math.max(previous[j + 1], row[j]);
      }
      previous = row;
    }
    return previous[right.size()];
  }
}
