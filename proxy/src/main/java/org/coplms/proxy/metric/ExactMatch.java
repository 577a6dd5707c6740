package org.coplms.proxy.metric;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Exact match as SQuAD's evaluation script does it (Rajpurkar et al. 2016): equality after lower
 * case, deletion of ASCII punctuation, removal of the words a, an, the, and collapse of white
 * space.
 *
 * <p>Letters, accents and punctuation outside ASCII are kept; white space and word borders are
 * Unicode's: CLDR's narrow no-break spaces count as spaces, and a letter with a combining accent is
 * no article. (Python's script takes the letter of a decomposed "à" for one.)
 */
public final class ExactMatch {
  /** Python's {@code string.punctuation}. */
  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");

  private static final Pattern ARTICLES =
      Pattern.compile("\\b(?:a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern SPACES =
      Pattern.compile("[\\s\\x1c-\\x1f]+", Pattern.UNICODE_CHARACTER_CLASS);

  private ExactMatch() {}

  /**
   * 1 where the prediction equals a reference after {@link #normalize}, else 0.
   *
   * @throws IllegalArgumentException when there is no reference
   */
  public static double score(String prediction, List<String> references) {
    String normalized = normalize(prediction);
    return RougeL.best(references, reference -> normalized.equals(normalize(reference)) ? 1 : 0);
  }

  /** The text that is compared; possibly empty. */
  public static String normalize(String text) {
    String letters = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    String words = ARTICLES.matcher(letters).replaceAll(" ");
    return SPACES.matcher(words).replaceAll(" ").strip();
  }
}
