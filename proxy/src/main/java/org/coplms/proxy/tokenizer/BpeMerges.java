package org.coplms.proxy.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The merges of byte-level BPE, learned with counts of adjacent pairs that are kept up to date: one
 * merge costs the words that hold the pair, not all words.
 *
 * <p>Symbols 0 to 255 are the bytes; equal bytes are one symbol, whatever merge made them.
 */
final class BpeMerges {
  private static final int BYTES = 256;
  private static final long FEWEST = 2;

  /** Two adjacent symbols' bytes. */
  @SuppressWarnings("ArrayRecordComponent")
  record Merge(byte[] left, byte[] right) {}

  /** A pair as it was counted when queued; stale once the count has changed. */
  private record Candidate(long pair, long count) {}

  /** How often a pair occurs, and the words that hold or held it. */
  private static final class Occurrences {
    private long count;
    private int[] words = new int[2];
    private int size;

    void addWord(int word) {
      if (size > 0 && words[size - 1] == word) {
        return;
      }
      if (size == words.length) {
        words = Arrays.copyOf(words, 2 * size);
      }
      words[size++] = word;
    }
  }

  private final int[][] words;
  private final long[] counts;
  private final List<byte[]> symbols = new ArrayList<>();
  private final Map<ByteBuffer, Integer> symbolIds = new HashMap<>();
  private final Map<Long, Occurrences> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> queue;
  private final List<Merge> merges = new ArrayList<>();
  private final Set<Long> merged = new HashSet<>();

  BpeMerges(Map<String, Long> wordCounts) {
    for (int value = 0; value < BYTES; value++) {
      symbol(new byte[] {(byte) value});
    }
    queue =
        new PriorityQueue<>(
            Comparator.comparingLong(Candidate::count)
                .reversed()
                .thenComparing(c -> symbols.get(left(c.pair())), Arrays::compareUnsigned)
                .thenComparing(c -> symbols.get(right(c.pair())), Arrays::compareUnsigned));
    words = new int[wordCounts.size()][];
    counts = new long[wordCounts.size()];
    int word = 0;
    for (Map.Entry<String, Long> entry : wordCounts.entrySet()) {
      words[word] = bytes(entry.getKey());
      counts[word] = entry.getValue();
      addPairs(word++);
    }
    pairs.keySet().forEach(this::enqueue);
  }

  private static int[] bytes(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    Arrays.setAll(ids, i -> Byte.toUnsignedInt(bytes[i]));
    return ids;
  }

  private int symbol(byte[] bytes) {
    return symbolIds.computeIfAbsent(
        ByteBuffer.wrap(bytes),
        key -> {
          symbols.add(bytes);
          return symbols.size() - 1;
        });
  }

  private static long pair(int left, int right) {
    return ((long) left << Integer.SIZE) | right;
  }

  private static int left(long pair) {
    return (int) (pair >>> Integer.SIZE);
  }

  private static int right(long pair) {
    return (int) pair;
  }

  private void addPairs(int word) {
    int[] ids = words[word];
    for (int i = 1; i < ids.length; i++) {
      Occurrences occurrences =
          pairs.computeIfAbsent(pair(ids[i - 1], ids[i]), key -> new Occurrences());
      occurrences.count += counts[word];
      occurrences.addWord(word);
    }
  }

  private void removePairs(int word) {
    int[] ids = words[word];
    for (int i = 1; i < ids.length; i++) {
      pairs.get(pair(ids[i - 1], ids[i])).count -= counts[word];
    }
  }

  private void enqueue(long pair) {
    long count = pairs.get(pair).count;
    if (count >= FEWEST) {
      queue.add(new Candidate(pair, count));
    }
  }

  /** Learns merges until there are {@code newSymbols} more symbols or no pair occurs twice. */
  void learn(int newSymbols) {
    int limit = symbols.size() + newSymbols;
    while (symbols.size() < limit && !queue.isEmpty()) {
      Candidate best = queue.remove();
      Occurrences occurrences = pairs.get(best.pair());
      if (occurrences == null) {
        continue;
      }
      if (occurrences.count == best.count()) {
        merge(best.pair(), occurrences);
      } else if (occurrences.count < best.count()) {
        enqueue(best.pair()); // a rise was queued when it happened
      }
    }
  }

  private void merge(long pair, Occurrences occurrences) {
    Merge merge = new Merge(symbols.get(left(pair)), symbols.get(right(pair)));
    int symbol = symbol(concatenate(merge.left(), merge.right()));
    // Equal bytes by another way can bring a merged pair back; its rank stands.
    if (merged.add(pair)) {
      merges.add(merge);
    }
    Set<Long> risen = new HashSet<>();
    for (int i = 0; i < occurrences.size; i++) {
      int word = occurrences.words[i];
      int[] replaced = replace(words[word], pair, symbol);
      if (replaced.length < words[word].length) {
        removePairs(word);
        words[word] = replaced;
        addPairs(word);
        collectPairsOf(symbol, replaced, risen);
      }
    }
    pairs.remove(pair);
    risen.forEach(this::enqueue);
  }

  private static byte[] concatenate(byte[] left, byte[] right) {
    byte[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  private static int[] replace(int[] ids, long pair, int symbol) {
    int[] replaced = new int[ids.length];
    int size = 0;
    for (int i = 0; i < ids.length; i++) {
      boolean here = i + 1 < ids.length && pair(ids[i], ids[i + 1]) == pair;
      replaced[size++] = here ? symbol : ids[i];
      i += here ? 1 : 0;
    }
    return Arrays.copyOf(replaced, size);
  }

  private static void collectPairsOf(int symbol, int[] ids, Set<Long> into) {
    for (int i = 1; i < ids.length; i++) {
      if (ids[i - 1] == symbol || ids[i] == symbol) {
        into.add(pair(ids[i - 1], ids[i]));
      }
    }
  }

  /** The bytes of all symbols in the order of their ids. */
  List<byte[]> tokens() {
    return symbols;
  }

  List<Merge> merges() {
    return merges;
  }
}
