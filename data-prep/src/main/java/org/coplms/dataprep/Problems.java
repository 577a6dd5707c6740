package org.coplms.dataprep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/** Collects what is wrong with one record's values, so that all of it is reported at once. */
public final class Problems {
  private final List<String> found = new ArrayList<>();

  public void require(boolean holds, String message) {
    if (!holds) {
      found.add(message);
    }
  }

  public void requireAtLeast(int least, String name, int value) {
    require(value >= least, "%s must be at least %d, got %d".formatted(name, least, value));
  }

  /** Of a limit that 0 switches off. */
  public void requireNotNegative(String name, int value) {
    require(value >= 0, "%s must be 0 (no limit) or more, got %d".formatted(name, value));
  }

  public void requireShare(String name, double value) {
    require(value >= 0 && value <= 1, "%s must be between 0 and 1, got %s".formatted(name, value));
  }

  public void requireDistinct(String name, Collection<String> values) {
    require(
        new HashSet<>(values).size() == values.size(),
        "%s repeats a value: %s".formatted(name, values));
  }

  /** Throws one error that lists every problem. */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", found));
    }
  }
}
