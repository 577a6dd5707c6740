package org.coplms.dataprep.builtin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What many nouns have above them: a kind such as bird, a whole such as Italy. Every noun counts
 * once for each synset of its line.
 */
final class Shared {
  private final Map<Long, Integer> nouns = new HashMap<>();
  private final int least;

  /** Shared is what at least so many nouns have above them. */
  Shared(int least) {
    this.least = least;
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

  void count(List<Above> line) {
    line.forEach(above -> nouns.merge(above.offset(), 1, Integer::sum));
  }

  /** The words of those in the line that are shared, the nearest first. */
  List<List<String>> in(List<Above> line) {
    return line.stream()
        .filter(above -> nouns.getOrDefault(above.offset(), 0) >= least)
        .map(Above::words)
        .toList();
  }
}
