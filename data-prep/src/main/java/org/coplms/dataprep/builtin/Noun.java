package org.coplms.dataprep.builtin;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A noun synset that questions can be asked about.
 *
 * @param domain its lexicographer file, such as animal
 * @param offset names the synset in WordNet 3.1
 * @param name a word whose most frequent sense this synset is, so that it names no other
 * @param definition its gloss as {@link Definition} takes it
 * @param instance whether it names one thing, such as Turin, not a kind of thing
 * @param kinds words of its direct hypernyms
 * @param wholes words of what it is directly part of
 * @param kindsAbove the line of hypernyms within its domain, the nearest first
 * @param wholesAbove the line of what it is part of within its domain, in the same way
 * @param species its scientific name, for a living thing
 */
public record Noun(
    String domain,
    long offset,
    String name,
    String definition,
    boolean instance,
    List<String> kinds,
    List<String> wholes,
    List<Above> kindsAbove,
    List<Above> wholesAbove,
    Optional<Species> species) {
  public Noun {
    kinds = List.copyOf(kinds);
    wholes = List.copyOf(wholes);
    kindsAbove = List.copyOf(kindsAbove);
    wholesAbove = List.copyOf(wholesAbove);
  }

  /**
   * A synset above a noun.
   *
   * @param words its words, the most usual first
   */
  record Above(long offset, List<String> words) {
    Above {
      words = List.copyOf(words);
    }
  }

  /** A binomial such as {@code Olea lanceolata}, and its genus {@code Olea}. */
  record Species(String binomial, String genus) {}

  /** This noun with only what it shares with many above it. */
  Noun withShared(Shared kinds, Shared wholes) {
    return new Noun(
        domain,
        offset,
        name,
        definition,
        instance,
        this.kinds,
        this.wholes,
        kinds.in(kindsAbove),
        wholes.in(wholesAbove),
        species);
  }

  /** Words in the definition. */
  int words() {
    return definition.split(" ", -1).length;
  }

  /** The longest of the words that stands in the definition, of equally long ones the first. */
  Optional<String> inDefinition(List<String> words) {
    String found = "";
    for (String word : words) {
      if (word.length() > found.length() && holds(definition, word)) {
        found = word;
      }
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  /** Whether the text has the word, as a word of its own, in whatever case. */
  static boolean holds(String text, String word) {
    String all = lower(text);
    String sought = lower(word);
    for (int at = all.indexOf(sought); at >= 0; at = all.indexOf(sought, at + 1)) {
      int end = at + sought.length();
      if ((at == 0 || !inWord(all.charAt(at - 1)))
          && (end == all.length() || !inWord(all.charAt(end)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean inWord(char c) {
    return Character.isLetterOrDigit(c) || c == '-';
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
