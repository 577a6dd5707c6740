package org.coplms.proxy.tensor;

import java.util.SortedMap;
import java.util.TreeMap;

/** Tensors by name. */
final class Names {
  private Names() {}

  /** The value of a name that must be there. */
  static <T> T require(SortedMap<String, T> tensors, String name) {
    T tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "There is no tensor %s among %d".formatted(name, tensors.size()));
    }
    return tensor;
  }

  /** Values under new names. */
  static <T> SortedMap<String, T> select(
      SortedMap<String, T> tensors, SortedMap<String, String> names) {
    SortedMap<String, T> selected = new TreeMap<>();
    names.forEach((name, source) -> selected.put(name, require(tensors, source)));
    return selected;
  }
}
