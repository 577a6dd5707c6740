package org.coplms.jobs.store;

import java.util.List;

/**
 * One message over the line between an edge device and the server.
 *
 * @param tensors names of the tensors it carried
 * @param bytes their size as sent
 */
public record Crossing(
    int round, int device, Direction direction, List<String> tensors, long bytes) {
  /** Sorts the names and refuses a negative size. */
  public Crossing {
    if (bytes < 0) {
      throw new IllegalArgumentException(
          "A crossing of device %d in round %d has %d bytes".formatted(device, round, bytes));
    }
    tensors = tensors.stream().sorted().toList();
  }
}
