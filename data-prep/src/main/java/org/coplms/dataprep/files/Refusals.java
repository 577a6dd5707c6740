package org.coplms.dataprep.files;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one record's values, so that all of it is reported at once. */
final class Refusals {
  private final List<String> found = new ArrayList<>();

  void require(boolean holds, String message) {
    if (!holds) {
      found.add(message);
    }
  }

  void requireNotNegative(String name, int value) {
    require(value >= 0, "%s must be 0 (no limit) or more, got %d".formatted(name, value));
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", found));
    }
  }
}
