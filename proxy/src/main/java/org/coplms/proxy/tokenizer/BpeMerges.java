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
import java.util.function.IntConsumer;

/**
 * The merges of byte-level BPE, learned with counts of adjacent pairs that are kept up to date: one
 * merge costs the words that hold the pair, not all words, and in them only the pairs beside it.
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

  /** The symbols of all words, one word after the other. */
  private final int[] symbolsOf;

  /** Where each word begins in {@link #symbolsOf}. */
  private final int[] starts;

  /** How many symbols each word still has. */
  private final int[] lengths;

  private final long[] counts;
  private final List<byte[]> symbols = new ArrayList<>();
  private final Map<ByteBuffer, Integer> symbolIds = new HashMap<>();
  private final PairTable pairs = new PairTable();
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
    int words = wordCounts.size();
    starts = new int[words];
    lengths = new int[words];
    counts = new long[words];
    symbolsOf = new int[numBytes(wordCounts)];
    int word = 0;
    int end = 0;
    for (Map.Entry<String, Long> entry : wordCounts.entrySet()) {
      starts[word] = end;
      for (byte value : entry.getKey().getBytes(StandardCharsets.UTF_8)) {
        symbolsOf[end++] = Byte.toUnsignedInt(value);
      }
      lengths[word] = end - starts[word];
      counts[word] = entry.getValue();
      addPairs(word++);
    }
    for (long pair : pairs.pairs()) {
      enqueue(pair);
    }
  }

  private static int numBytes(Map<String, Long> wordCounts) {
    long bytes = 0;
    for (String word : wordCounts.keySet()) {
      bytes += word.getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > Integer.MAX_VALUE - Long.BYTES) {
      throw new IllegalArgumentException(
          "The distinct words have %d bytes together, more than 2 GiB; train on fewer words"
              .formatted(bytes));
    }
    return (int) bytes;
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
    int end = starts[word] + lengths[word];
    for (int i = starts[word] + 1; i < end; i++) {
      pairs.add(pair(symbolsOf[i - 1], symbolsOf[i]), counts[word], word);
    }
  }

  private void enqueue(long pair) {
    long count = pairs.count(pair);
    if (count >= FEWEST) {
      queue.add(new Candidate(pair, count));
    }
  }

  /**
   * Learns merges until there are {@code newSymbols} more symbols or no pair occurs twice.
   *
   * @param learned gets the number of new symbols after each merge
   */
  void learn(int newSymbols, IntConsumer learned) {
    int before = symbols.size();
    while (symbols.size() - before < newSymbols && !queue.isEmpty()) {
      Candidate best = queue.remove();
      long count = pairs.count(best.pair());
      if (count == best.count()) {
        merge(best.pair());
        learned.accept(symbols.size() - before);
      } else if (count < best.count()) {
        enqueue(best.pair()); // a rise was queued when it happened
      }
    }
  }

  private void merge(long pair) {
    Merge merge = new Merge(symbols.get(left(pair)), symbols.get(right(pair)));
    int symbol = symbol(concatenate(merge.left(), merge.right()));
    // Equal bytes by another way can bring a merged pair back; its rank stands.
    if (merged.add(pair)) {
      merges.add(merge);
    }
    Set<Long> risen = new HashSet<>();
    for (int word : pairs.take(pair)) {
      replace(word, pair, symbol, risen);
    }
    risen.forEach(this::enqueue);
  }

  private static byte[] concatenate(byte[] left, byte[] right) {
    byte[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  /**
   * Writes {@code symbol} for each {@code pair} of a word from its left, and counts the pairs that
   * went and came with it. What was read is overwritten behind the reader only.
   */
  private void replace(int word, long pair, int symbol, Set<Long> risen) {
    int end = starts[word] + lengths[word];
    int write = starts[word];
    boolean afterSymbol = false;
    for (int read = starts[word]; read < end; read++) {
      boolean here = read + 1 < end && pair(symbolsOf[read], symbolsOf[read + 1]) == pair;
      if (write > starts[word] && (here || afterSymbol)) {
        long gone = pair(symbolsOf[read - 1], symbolsOf[read]);
        if (gone != pair) { // which is taken out as a whole
          pairs.subtract(gone, counts[word]);
        }
        long came = pair(symbolsOf[write - 1], here ? symbol : symbolsOf[read]);
        pairs.add(came, counts[word], word);
        risen.add(came);
      }
      symbolsOf[write++] = here ? symbol : symbolsOf[read];
      read += here ? 1 : 0;
      afterSymbol = here;
    }
    lengths[word] = write - starts[word];
  }

  /** The bytes of all symbols in the order of their ids. */
  List<byte[]> tokens() {
    return symbols;
  }

  List<Merge> merges() {
    return merges;
  }
}
