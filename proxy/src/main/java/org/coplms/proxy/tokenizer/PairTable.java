package org.coplms.proxy.tokenizer;

import java.util.Arrays;

/**
 * How often each pair of adjacent symbols occurs, and the words that hold or held it.
 *
 * <p>A hash table with linear probing over arrays of numbers: millions of pairs and tens of
 * millions of their words would be gigabytes as objects. The words of a pair are a linked list of
 * nodes; a pair that is gone gives its nodes back.
 */
final class PairTable {
  private static final int NONE = -1;
  private static final int SMALLEST = 1 << 10;

  /** Entry of a pair by hash, at most half of them in use. */
  private int[] slots = filled(2 * SMALLEST);

  private long[] pairs = new long[SMALLEST];
  private long[] counts = new long[SMALLEST];
  private int[] firstNodes = new int[SMALLEST];
  private int size;

  private int[] nodeWords = new int[SMALLEST];
  private int[] nextNodes = new int[SMALLEST];
  private int nodes;
  private int freeNode = NONE;

  private static int[] filled(int length) {
    int[] slots = new int[length];
    Arrays.fill(slots, NONE);
    return slots;
  }

  /** How often a pair occurs; 0 for one that was never added. */
  long count(long pair) {
    int entry = slots[slot(pair)];
    return entry == NONE ? 0 : counts[entry];
  }

  /** All pairs, those that no longer occur too. */
  long[] pairs() {
    return Arrays.copyOf(pairs, size);
  }

  /** Counts a pair more often; {@code word} holds it. */
  void add(long pair, long count, int word) {
    int entry = entry(pair);
    counts[entry] += count;
    int first = firstNodes[entry];
    if (first == NONE || nodeWords[first] != word) {
      firstNodes[entry] = node(word, first);
    }
  }

  /** Counts a pair that was added less often. */
  void subtract(long pair, long count) {
    int entry = slots[slot(pair)];
    counts[entry] -= count;
    if (counts[entry] == 0) {
      free(entry);
    }
  }

  /** Takes a pair out, and gives the words that hold it; others may be among them, and repeated. */
  int[] take(long pair) {
    int entry = slots[slot(pair)];
    int[] words = new int[SMALLEST];
    int found = 0;
    for (int node = firstNodes[entry]; node != NONE; node = nextNodes[node]) {
      if (found == words.length) {
        words = Arrays.copyOf(words, 2 * found);
      }
      words[found++] = nodeWords[node];
    }
    counts[entry] = 0;
    free(entry);
    return Arrays.copyOf(words, found);
  }

  private void free(int entry) {
    int node = firstNodes[entry];
    firstNodes[entry] = NONE;
    while (node != NONE) {
      int next = nextNodes[node];
      nextNodes[node] = freeNode;
      freeNode = node;
      node = next;
    }
  }

  private int node(int word, int next) {
    int node = freeNode;
    if (node != NONE) {
      freeNode = nextNodes[node];
    } else {
      if (nodes == nodeWords.length) {
        nodeWords = Arrays.copyOf(nodeWords, larger(nodes));
        nextNodes = Arrays.copyOf(nextNodes, larger(nodes));
      }
      node = nodes++;
    }
    nodeWords[node] = word;
    nextNodes[node] = next;
    return node;
  }

  private static int larger(int size) {
    return Math.addExact(size, size >> 1);
  }

  private int entry(long pair) {
    int slot = slot(pair);
    if (slots[slot] != NONE) {
      return slots[slot];
    }
    if (size == pairs.length) {
      grow();
      slot = slot(pair);
    }
    pairs[size] = pair;
    firstNodes[size] = NONE;
    slots[slot] = size;
    return size++;
  }

  private void grow() {
    int capacity = Math.multiplyExact(size, 2);
    pairs = Arrays.copyOf(pairs, capacity);
    counts = Arrays.copyOf(counts, capacity);
    firstNodes = Arrays.copyOf(firstNodes, capacity);
    slots = filled(Math.multiplyExact(capacity, 2));
    for (int entry = 0; entry < size; entry++) {
      slots[slot(pairs[entry])] = entry;
    }
  }

  /** Where a pair is, or where it would go. */
  private int slot(long pair) {
    long mixed = pair * 0x9E3779B97F4A7C15L; // Fibonacci hashing: the high bits are the mixed ones
    int slot = (int) (mixed >>> (Long.numberOfLeadingZeros(slots.length) + 1));
    while (slots[slot] != NONE && pairs[slots[slot]] != pair) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }
}
