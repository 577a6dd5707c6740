package org.coplms.jobs.store;

import java.util.Locale;

/** Which way something crossed the line between an edge device and the server. */
public enum Direction {
  /** From the device to the server. */
  UP,
  /** From the server to the device. */
  DOWN;

  /** As the ledger spells it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
