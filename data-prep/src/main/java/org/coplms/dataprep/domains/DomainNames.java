package org.coplms.dataprep.domains;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What a domain's texts have in common, as terms and as a name. */
final class DomainNames {
  /** Of a folder's 255 bytes. */
  private static final int MOST_BYTES = 180;

  private static final int MOST_LETTERS = 24;

  private DomainNames() {}

  /**
   * For each domain its terms by their weight times the domain's share of the term's weight in all
   * domains: a term that all share says little.
   *
   * @param weights (domains, terms), not negative
   */
  static List<List<String>> terms(double[][] weights, String[] terms, int most) {
    List<List<String>> characteristic = new ArrayList<>();
    for (double[] domain : weights) {
      double[] scores = new double[terms.length];
      for (int term = 0; term < terms.length; term++) {
        double all = 0;
        for (double[] other : weights) {
          all += other[term];
        }
        scores[term] = all > 0 ? domain[term] * domain[term] / all : 0;
      }
      characteristic.add(
          IntStream.range(0, terms.length)
              .filter(term -> scores[term] > 0)
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer term) -> -scores[term])
                      .thenComparing(term -> terms[term]))
              .limit(most)
              .map(term -> terms[term])
              .toList());
    }
    return characteristic;
  }

  /**
   * The first terms of each domain with hyphens between; a number follows where a name is taken.
   *
   * @param reserved a name that none may have
   */
  static List<String> names(List<List<String>> terms, int termsInName, String reserved) {
    Set<String> taken = new HashSet<>(Set.of(reserved));
    List<String> names = new ArrayList<>();
    for (List<String> domain : terms) {
      String name = name(domain, termsInName);
      String unique = name;
      for (int i = 2; !taken.add(unique); i++) {
        unique = name + "-" + i;
      }
      names.add(unique);
    }
    return names;
  }

  private static String name(List<String> terms, int termsInName) {
    StringBuilder name = new StringBuilder();
    for (String term : terms.subList(0, Math.min(termsInName, terms.size()))) {
      int end =
          term.offsetByCodePoints(0, Math.min(MOST_LETTERS, term.codePointCount(0, term.length())));
      String next = (name.isEmpty() ? "" : "-") + term.substring(0, end);
      if (bytes(name) + bytes(next) > MOST_BYTES) {
        break;
      }
      name.append(next);
    }
    return name.toString();
  }

  private static int bytes(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
