package org.coplms.dataprep.duplicates;

import java.util.Arrays;
import java.util.List;

/**
 * From a shingle to the members that have it in their prefix; see {@link Members}.
 *
 * <p>The order of shingles is fixed when the index is built; those that no member had then come
 * first. {@link Members} builds it anew each time the members have doubled.
 */
final class PrefixIndex {
  private final Overlap overlap;
  private final Counters frequencies = new Counters();

  /** From shingle to its list of early places; that of late places is the next. */
  private final Counters lists = new Counters();

  private int listCount = 2;
  private int[] first = new int[256];
  private int[] last = new int[256];

  /** An entry of a list is a member and the entry after it, from 1; 0 ends the list. */
  private int entryCount = 1;

  private int[] entryMember = new int[1024];
  private int[] entryPlace = new int[1024];
  private int[] entryNext = new int[1024];

  private int[][] sets = new int[64][];
  private int[] comparedIn = new int[64];
  private int size;
  private int question;

  PrefixIndex(List<Member> members, Overlap overlap) {
    this.overlap = overlap;
    for (Member member : members) {
      for (int shingle : member.shingles()) {
        frequencies.put(shingle, frequencies.valueOf(shingle) + 1);
      }
    }
    for (Member member : members) {
      add(member.shingles());
    }
  }

  void add(int[] shingles) {
    if (size == sets.length) {
      sets = Arrays.copyOf(sets, size * 2);
      comparedIn = Arrays.copyOf(comparedIn, size * 2);
    }
    sets[size] = shingles;
    int[] prefix = prefix(shingles);
    int early = early(shingles.length);
    for (int place = 0; place < prefix.length; place++) {
      int list = listOf(prefix[place]);
      append(place < early ? list : list + 1, place);
    }
    size++;
  }

  /** The first member added that reaches the threshold, or −1. */
  int first(int[] shingles) {
    question++;
    int best = size;
    int[] prefix = prefix(shingles);
    int early = early(shingles.length);
    for (int place = 0; place < prefix.length; place++) {
      int list = lists.valueOf(prefix[place]);
      best = first(list, shingles, place, best);
      if (place < early) {
        best = first(list + 1, shingles, place, best);
      }
    }
    return best == size ? -1 : best;
  }

  private int first(int list, int[] shingles, int place, int best) {
    for (int entry = first[list]; entry != 0; entry = entryNext[entry]) {
      int member = entryMember[entry];
      if (member >= best) {
        return best;
      }
      if (comparedIn[member] != question && couldReach(shingles.length, place, entry)) {
        comparedIn[member] = question;
        if (overlap.reached(sets[member], shingles)) {
          return member;
        }
      }
    }
    return best;
  }

  /**
   * The positional filter of Xiao et al. 2008: where two sets first agree, what stands before is
   * not common, and enough must be left. A later place that passes costs a comparison.
   */
  private boolean couldReach(int length, int place, int entry) {
    int otherLength = sets[entryMember[entry]].length;
    return overlap.suffices(
        Math.min(length - place, otherLength - entryPlace[entry]), length + otherLength);
  }

  /**
   * Places from this one on are too late for the shorter of two similar sets, by the positional
   * filter; so of the two places one is early.
   */
  private int early(int length) {
    return length - overlap.needed(length, length) + 1;
  }

  /** The rarest shingles, as many as a similar set must share one of. */
  private int[] prefix(int[] shingles) {
    long[] ranked = new long[shingles.length];
    for (int i = 0; i < ranked.length; i++) {
      ranked[i] = (long) frequencies.valueOf(shingles[i]) << 32 | shingles[i];
    }
    Arrays.sort(ranked);
    int[] prefix = new int[shingles.length - overlap.neededOfAny(shingles.length) + 1];
    for (int i = 0; i < prefix.length; i++) {
      prefix[i] = (int) ranked[i];
    }
    return prefix;
  }

  private int listOf(int shingle) {
    int list = lists.valueOf(shingle);
    if (list == 0) {
      list = listCount;
      lists.put(shingle, list);
      listCount += 2;
      if (list == first.length) {
        first = Arrays.copyOf(first, list * 2);
        last = Arrays.copyOf(last, list * 2);
      }
    }
    return list;
  }

  private void append(int list, int place) {
    if (entryCount == entryMember.length) {
      entryMember = Arrays.copyOf(entryMember, entryCount * 2);
      entryPlace = Arrays.copyOf(entryPlace, entryCount * 2);
      entryNext = Arrays.copyOf(entryNext, entryCount * 2);
    }
    int entry = entryCount++;
    entryMember[entry] = size;
    entryPlace[entry] = place;
    if (first[list] == 0) {
      first[list] = entry;
    } else {
      entryNext[last[list]] = entry;
    }
    last[list] = entry;
  }
}
