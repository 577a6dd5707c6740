package org.coplms.jobs.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** How much of this JVM's heap full collections leave in use: what is still held. */
final class LiveHeap {
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
  private long most;

  /** Collects and looks. */
  void look() {
    memory.gc();
    most = Math.max(most, memory.getHeapMemoryUsage().getUsed());
  }

  /** The most bytes seen. */
  long most() {
    return most;
  }
}
