package org.coplms.proxy.train;

import java.util.SplittableRandom;

/**
 * An endless stream of shuffled epochs over n examples, cut into batches of one size.
 *
 * <p>A batch that the end of an epoch cuts short is filled from the next epoch, so every batch has
 * the same size and every epoch shows each example once. The epoch's order depends on (seed, epoch)
 * only; hence the state is the seed and the number of batches taken, and skipping is cheap.
 *
 * <p>Not thread-safe.
 */
public final class Batches {
  private final int examples;
  private final int size;
  private final long seed;
  private final int[] order;
  private long epoch = -1;
  private long position;

  /**
   * Starts at the first batch.
   *
   * @param examples number of examples, at least 1
   * @param size examples of a batch, at least 1; may exceed {@code examples}
   */
  public Batches(int examples, int size, long seed) {
    if (examples < 1 || size < 1) {
      throw new IllegalArgumentException(
          "Batches need at least 1 example and size 1, got %d examples and size %d"
              .formatted(examples, size));
    }
    this.examples = examples;
    this.size = size;
    this.seed = seed;
    this.order = new int[examples];
  }

  /** The indices of the next batch, each in 0..examples−1. */
  public int[] next() {
    int[] batch = new int[size];
    for (int i = 0; i < size; i++) {
      batch[i] = indexAt(position++);
    }
    return batch;
  }

  /** Goes on as if {@link #next} had been called {@code batches} more times. */
  public void skip(long batches) {
    position = Math.addExact(position, Math.multiplyExact(batches, (long) size));
  }

  /** Batches that show every example at least once: ceil(examples / size). */
  public int perEpoch() {
    return (examples - 1) / size + 1;
  }

  private int indexAt(long streamPosition) {
    long wanted = streamPosition / examples;
    if (wanted != epoch) {
      shuffle(wanted);
    }
    return order[(int) (streamPosition % examples)];
  }

  /** Fisher-Yates. */
  private void shuffle(long newEpoch) {
    epoch = newEpoch;
    SplittableRandom random = new SplittableRandom(Seeds.at(seed, newEpoch));
    for (int i = 0; i < examples; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
  }
}
