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

  void count(List<Noun.Above> line) {
    line.forEach(above -> nouns.merge(above.offset(), 1, Integer::sum));
  }

  /** Those in the line that are shared. */
  List<Noun.Above> in(List<Noun.Above> line) {
    return line.stream().filter(above -> nouns.getOrDefault(above.offset(), 0) >= least).toList();
  }
}
