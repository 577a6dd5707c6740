package org.coplms.jobs.models;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * Refuses work that would not fit, before it starts.
 *
 * @param maxHeapBytes the JVM's heap limit
 * @param physicalBytes memory of the machine or container
 */
public record MemoryCheck(long maxHeapBytes, long physicalBytes) {
  /** This process. */
  public static MemoryCheck ofThisProcess() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new MemoryCheck(Runtime.getRuntime().maxMemory(), system.getTotalMemorySize());
  }

  /**
   * Requires native memory (models, optimizer state) beside the heap.
   *
   * @throws IllegalArgumentException with needed, available and the remedy
   */
  public static void require(long neededBytes, String what, String remedy) {
    ofThisProcess().requireNative(neededBytes, what, remedy);
  }

  /**
   * Requires Java heap.
   *
   * @throws IllegalArgumentException with needed, available and the remedy
   */
  public static void requireHeap(long neededBytes, String what) {
    ofThisProcess().requireOnHeap(neededBytes, what);
  }

  void requireNative(long neededBytes, String what, String remedy) {
    long available = Math.max(0, physicalBytes - maxHeapBytes);
    if (neededBytes > available) {
      throw new IllegalArgumentException(
          "%s needs %s of memory beside the Java heap, available are %s (machine %s, heap %s); %s"
              .formatted(
                  what,
                  size(neededBytes),
                  size(available),
                  size(physicalBytes),
                  size(maxHeapBytes),
                  remedy));
    }
  }

  void requireOnHeap(long neededBytes, String what) {
    if (neededBytes > maxHeapBytes) {
      throw new IllegalArgumentException(
          "%s needs a Java heap of %s, it has %s; set COPLMS_HEAP=%dm, or --driver-memory with spark-submit"
              .formatted(what, size(neededBytes), size(maxHeapBytes), (neededBytes >> 20) + 1));
    }
  }

  private static String size(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30))
        : String.format(Locale.ROOT, "%d MiB", bytes >> 20);
  }
}
