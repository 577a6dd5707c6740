package org.coplms.udfs.memory;

/**
 * What a stage needs at least on a machine, so that one that cannot fit is refused before it
 * starts.
 *
 * @param what the work, at the start of a sentence
 * @param sharedBytes that all tasks of a machine have together
 * @param taskBytes of one task
 * @param tasks at once on a machine
 * @param heapBytes of the Java heap
 * @param remedy the settings that lower it
 */
public record Need(
    String what, long sharedBytes, long taskBytes, int tasks, long heapBytes, String remedy) {
  /** Beside the heap, on a whole machine. */
  public long nativeBytes() {
    return sharedBytes + tasks * taskBytes;
  }

  /**
   * Refuses what does not fit.
   *
   * @throws IllegalArgumentException with what is needed, what is there, and the remedy
   */
  public void require(MemoryCheck machine) {
    machine.requireOnHeap(heapBytes, what);
    String work = tasks == 1 ? what : "%s with %d tasks at once".formatted(what, tasks);
    machine.requireNative(nativeBytes(), work, remedy);
  }
}
