package org.coplms.proxy.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Byte-level BPE by the book, slow and plain: what the trainer and the library are held against.
 */
final class RecountingBpe {
  private RecountingBpe() {}

  /** Merges as "left right" in the byte alphabet, until there are {@code newTokens} new tokens. */
  static List<String> merges(Map<String, Long> wordCounts, int newTokens) {
    Map<List<String>, Long> words = new HashMap<>();
    wordCounts.forEach((word, count) -> words.merge(symbols(word), count, Long::sum));
    Set<String> tokens = new HashSet<>();
    List<String> merges = new ArrayList<>();
    Map<List<String>, Long> current = words;
    while (tokens.size() < newTokens) {
      Map<List<String>, Long> pairs = new HashMap<>();
      current.forEach(
          (word, count) -> {
            for (int i = 1; i < word.size(); i++) {
              pairs.merge(List.of(word.get(i - 1), word.get(i)), count, Long::sum);
            }
          });
      List<String> best = null;
      for (List<String> pair : pairs.keySet()) {
        if (pairs.get(pair) >= 2 && (best == null || isBefore(pair, best, pairs))) {
          best = pair;
        }
      }
      if (best == null) {
        break;
      }
      String merge = best.get(0) + " " + best.get(1);
      if (!merges.contains(merge)) {
        merges.add(merge);
      }
      tokens.add(best.get(0) + best.get(1));
      Map<List<String>, Long> next = new HashMap<>();
      for (Map.Entry<List<String>, Long> entry : current.entrySet()) {
        next.merge(apply(entry.getKey(), best), entry.getValue(), Long::sum);
      }
      current = next;
    }
    return merges;
  }

  /** The tokens of a text in the byte alphabet: in each word the merge of lowest rank first. */
  static List<String> pieces(List<String> merges, String text) {
    List<String> pieces = new ArrayList<>();
    for (String word : TestText.words(text)) {
      List<String> symbols = symbols(word);
      while (true) {
        int best = Integer.MAX_VALUE;
        for (int i = 1; i < symbols.size(); i++) {
          int rank = merges.indexOf(symbols.get(i - 1) + " " + symbols.get(i));
          best = rank >= 0 && rank < best ? rank : best;
        }
        if (best == Integer.MAX_VALUE) {
          break;
        }
        symbols = apply(symbols, Arrays.asList(merges.get(best).split(" ")));
      }
      pieces.addAll(symbols);
    }
    return pieces;
  }

  private static boolean isBefore(List<String> a, List<String> b, Map<List<String>, Long> counts) {
    int byCount = Long.compare(counts.get(b), counts.get(a));
    int byLeft = Arrays.compareUnsigned(bytes(a.get(0)), bytes(b.get(0)));
    int byRight = Arrays.compareUnsigned(bytes(a.get(1)), bytes(b.get(1)));
    return (byCount != 0 ? byCount : byLeft != 0 ? byLeft : byRight) < 0;
  }

  private static byte[] bytes(String symbol) {
    return ByteAlphabet.read(symbol);
  }

  private static List<String> symbols(String word) {
    String spelled = ByteAlphabet.spell(word.getBytes(StandardCharsets.UTF_8));
    return spelled.chars().mapToObj(Character::toString).toList();
  }

  private static List<String> apply(List<String> word, List<String> pair) {
    List<String> merged = new ArrayList<>();
    for (int i = 0; i < word.size(); i++) {
      if (i + 1 < word.size() && word.subList(i, i + 2).equals(pair)) {
        merged.add(pair.get(0) + pair.get(1));
        i++;
      } else {
        merged.add(word.get(i));
      }
    }
    return merged;
  }
}
