package org.coplms.udfs.memory;

import java.util.Locale;
import org.coplms.udfs.model.MachineMemory;

/**
 * Refuses work that would not fit, before it starts.
 *
 * @param maxHeapBytes the JVM's heap limit
 * @param nativeBytes what there is for models: beside the heap, or on the GPU
 * @param place of that memory, for messages
 */
public record MemoryCheck(long maxHeapBytes, long nativeBytes, String place) {
  /** A machine or container whose tasks compute on the CPU. */
  public MemoryCheck(long maxHeapBytes, long physicalBytes) {
    this(
        maxHeapBytes,
        Math.max(0, physicalBytes - maxHeapBytes),
        "machine %s, heap %s".formatted(size(physicalBytes), size(maxHeapBytes)));
  }

  /** This process, on the CPU. */
  public static MemoryCheck ofThisProcess() {
    return new MemoryCheck(Runtime.getRuntime().maxMemory(), MachineMemory.totalBytesHere());
  }

  /** A JVM that runs tasks. */
  public static MemoryCheck of(MachineMemory memory) {
    return memory.hasDeviceMemory()
        ? new MemoryCheck(memory.heapBytes(), memory.deviceBytes(), "free on " + memory.device())
        : new MemoryCheck(memory.heapBytes(), memory.totalBytes());
  }

  void requireNative(long neededBytes, String what, String remedy) {
    if (neededBytes > nativeBytes) {
      throw new IllegalArgumentException(
          "%s needs %s of memory beside the Java heap, available are %s (%s); %s"
              .formatted(what, size(neededBytes), size(nativeBytes), place, remedy));
    }
  }

  void requireOnHeap(long neededBytes, String what) {
    if (neededBytes > maxHeapBytes) {
      throw new IllegalArgumentException(
          "%s needs a Java heap of %s, it has %s; set COPLMS_HEAP=%dm, or --driver-memory with spark-submit"
              .formatted(what, size(neededBytes), size(maxHeapBytes), (neededBytes >> 20) + 1));
    }
  }

  public static String size(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30))
        : String.format(Locale.ROOT, "%d MiB", bytes >> 20);
  }
}
