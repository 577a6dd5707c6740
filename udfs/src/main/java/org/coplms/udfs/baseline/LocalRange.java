package org.coplms.udfs.baseline;

import java.io.Serializable;
import org.coplms.udfs.edge.RoundFolders;

/**
 * Rounds that a device runs in one go.
 *
 * @param first 1 to {@code last}
 * @param folders where the state before the first and after the last of them stands
 */
public record LocalRange(int first, int last, RoundFolders folders) implements Serializable {
  public LocalRange {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException(
          "Rounds %d to %d cannot be run; they start at 1 and ascend".formatted(first, last));
    }
  }
}
