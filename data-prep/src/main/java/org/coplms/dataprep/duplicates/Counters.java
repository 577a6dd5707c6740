package org.coplms.dataprep.duplicates;

import java.util.Arrays;

/** A map from numbers ≥ 0 to numbers, 0 where none was put; open addressing, no boxes. */
final class Counters {
  private static final int NONE = -1;

  private int[] keys;
  private int[] values;
  private int size;

  Counters() {
    keys = new int[64];
    values = new int[64];
    Arrays.fill(keys, NONE);
  }

  int valueOf(int key) {
    int place = placeOf(key);
    return keys[place] == NONE ? 0 : values[place];
  }

  void put(int key, int value) {
    int place = placeOf(key);
    if (keys[place] == NONE) {
      keys[place] = key;
      size++;
    }
    values[place] = value;
    if (size * 2 > keys.length) {
      grow();
    }
  }

  private int placeOf(int key) {
    int mask = keys.length - 1;
    int hash = key * 0x9e3779b9;
    int place = (hash ^ (hash >>> 16)) & mask;
    while (keys[place] != NONE && keys[place] != key) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void grow() {
    int[] oldKeys = keys;
    int[] oldValues = values;
    keys = new int[oldKeys.length * 2];
    values = new int[oldKeys.length * 2];
    Arrays.fill(keys, NONE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NONE) {
        int place = placeOf(oldKeys[i]);
        keys[place] = oldKeys[i];
        values[place] = oldValues[i];
      }
    }
  }
}
