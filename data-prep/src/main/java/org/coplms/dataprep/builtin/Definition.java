package org.coplms.dataprep.builtin;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The definition in a gloss: its first clause without remarks in parentheses and without examples,
 * if that is a plain phrase of 4 to 12 words.
 */
final class Definition {
  static final int FEWEST_WORDS = 4;
  static final int MOST_WORDS = 12;
  static final int MOST_CHARACTERS = 80;

  private static final Pattern PARENTHESES = Pattern.compile("\\([^()]*\\)");

  /** A remark that may have been the end of what is said. */
  private static final Pattern END_IN_PARENTHESES = Pattern.compile("^[^;\"]*\\)\\s*([;\"]|$)");

  /** Words that hurt are no examples; WordNet marks them in the gloss. */
  private static final Pattern OFFENSIVE =
      Pattern.compile(
          "offensive|slurs?\\b|obscen|vulgar|disparag|derogat|derisive|insult|pejorative"
              + "|sexual|genital|clitor|vagina|penis|prostitut|coit|masturbat|rape\\b|lynch");

  private static final Pattern END = Pattern.compile("[;\"].*");
  private static final Pattern COMMAS = Pattern.compile("\\s*,[\\s,]*");
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final Pattern TRAILING = Pattern.compile("[\\s,.:]+$");

  /** Words, single spaces, commas; a hyphen or apostrophe only next to a letter or digit. */
  private static final Pattern PLAIN =
      Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}'-]*(,? [\\p{L}\\p{N}][\\p{L}\\p{N}'-]*)*");

  private static final Pattern STAMMER = Pattern.compile("\\b(\\w+) \\1\\b");

  /** A clause that begins so continues another, or is no noun phrase. */
  private static final Set<String> NO_BEGINNING =
      Set.of(
          """
          according and arises as at based being by called can celebrated characterised
          characterized comprises comprising considered consists digs especially feeds
          for formerly found from grows has having in includes into is it lacking like
          lives made marked not occurs of often on or other relating said serves
          sometimes such that they this to used using usually weighs when where which
          who with
          """
              .strip()
              .split("\\s+"));

  /** A clause that ends so lacks its end. */
  private static final Set<String> NO_END =
      Set.of(
          """
          a an and as at being by especially etc for from having in into is its like of on
          or such than that the their to usually where which who with
          """
              .strip()
              .split("\\s+"));

  private Definition() {}

  /** The definition in a gloss of WordNet, if it has one that can be asked for. */
  static Optional<String> of(String gloss) {
    if (OFFENSIVE.matcher(gloss).find() || END_IN_PARENTHESES.matcher(gloss).find()) {
      return Optional.empty();
    }
    String text = gloss;
    for (String inner = ""; !inner.equals(text); ) {
      inner = text;
      text = PARENTHESES.matcher(text).replaceAll(" ");
    }
    text = END.matcher(text).replaceAll("");
    text = COMMAS.matcher(text).replaceAll(", ");
    text = SPACE.matcher(text).replaceAll(" ").strip();
    text = TRAILING.matcher(text).replaceAll("");
    return isUsable(text) ? Optional.of(text) : Optional.empty();
  }

  private static boolean isUsable(String text) {
    List<String> words = List.of(text.split(" "));
    return words.size() >= FEWEST_WORDS
        && words.size() <= MOST_WORDS
        && text.length() <= MOST_CHARACTERS
        && PLAIN.matcher(text).matches()
        && !STAMMER.matcher(text).find()
        && !NO_BEGINNING.contains(words.get(0))
        && !NO_END.contains(words.get(words.size() - 1));
  }
}
