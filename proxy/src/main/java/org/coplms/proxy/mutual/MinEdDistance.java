package org.coplms.proxy.mutual;

/** Levenshtein distance of byte strings: insertions, deletions and substitutions cost 1 each. */
final class MinEdDistance {
  private MinEdDistance() {}

  static int of(byte[] a, byte[] b) {
    return atMost(a, b, Math.max(a.length, b.length));
  }

  /** The distance, or any number above {@code limit} when it is above. */
  static int atMost(byte[] a, byte[] b, int limit) {
    if (Math.abs(a.length - b.length) > limit) {
      return limit + 1;
    }
    int[] row = new int[b.length + 1]; // of a's first i bytes to b's first j
    for (int j = 0; j <= b.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      int diagonal = row[0];
      row[0] = i;
      int least = i;
      for (int j = 1; j <= b.length; j++) {
        int substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
        least = Math.min(least, row[j]);
      }
      if (least > limit) {
        return limit + 1;
      }
    }
    return row[b.length];
  }
}
