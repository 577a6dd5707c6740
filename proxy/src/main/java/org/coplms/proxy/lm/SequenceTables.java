package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Kernels;

/**
 * What depends on positions alone: the rotary angles, the masks and ALiBi's slopes.
 *
 * <p>Computed once and grown by doubling, so that a long context costs nothing until it is used;
 * each pass takes views.
 */
final class SequenceTables {
  private static final int SMALLEST = 64;

  private final LmConfig config;
  private final NDManager owner;
  private NDArray cos;
  private NDArray signedSin;
  private NDArray mask;
  private NDArray windowMask;
  private NDArray slopes;
  private int rotaryCapacity;
  private int maskCapacity;
  private int windowCapacity;
  private int slopeCapacity;

  SequenceTables(LmConfig config, NDManager owner) {
    this.config = config;
    this.owner = owner;
  }

  /** What the blocks share when tokens {@code start} to {@code end} are passed through them. */
  Pass pass(int batch, int start, int end, NDManager scope) {
    Parts.Positions positions = config.family().parts().positions();
    NDArray plain = end - start == 1 ? null : causalMask(start, end, scope);
    NDArray narrow =
        config.window().tokens() == 0 || end <= config.window().tokens()
            ? plain
            : windowMask(start, end, scope);
    if (positions == Parts.Positions.ALIBI) {
      NDArray biased = slopes(end, scope);
      plain = plain == null ? biased : biased.add(plain); // (K, G, T, S)
    }
    return new Pass(
        batch,
        start,
        end - start,
        positions == Parts.Positions.ROTARY ? rotary(start, end, scope) : null,
        plain,
        narrow);
  }

  /** Angles of positions {@code start} to {@code end}; the views belong to {@code scope}. */
  private Rotary rotary(int start, int end, NDManager scope) {
    if (end > rotaryCapacity) {
      growRotary(end);
    }
    long[] from = {start, 0, 0};
    long[] to = {end, 1, config.rope().dims(config.headDim())};
    return new Rotary(
        Kernels.window(cos, from, to, scope), Kernels.window(signedSin, from, to, scope));
  }

  /** (end − start, end): 0 where a token may look, −∞ at later tokens; owned by {@code scope}. */
  private NDArray causalMask(int start, int end, NDManager scope) {
    if (end > maskCapacity) {
      maskCapacity = capacity(end);
      mask = replace(mask, mask(maskCapacity, maskCapacity));
    }
    return Kernels.window(mask, new long[] {start, 0}, new long[] {end, end}, scope);
  }

  /** The same with −∞ also where tokens are before the window. */
  private NDArray windowMask(int start, int end, NDManager scope) {
    if (end > windowCapacity) {
      windowCapacity = capacity(end);
      windowMask = replace(windowMask, mask(windowCapacity, config.window().tokens()));
    }
    return Kernels.window(windowMask, new long[] {start, 0}, new long[] {end, end}, scope);
  }

  private static HostTensor mask(int capacity, int window) {
    float[] values = new float[capacity * capacity];
    for (int row = 0; row < capacity; row++) {
      for (int column = 0; column < capacity; column++) {
        if (column > row || column <= row - window) {
          values[row * capacity + column] = Float.NEGATIVE_INFINITY;
        }
      }
    }
    return HostTensor.wrap(new long[] {capacity, capacity}, values);
  }

  /** ALiBi, (K, G, 1, end), owned by {@code scope}. */
  private NDArray slopes(int end, NDManager scope) {
    if (end > slopeCapacity) {
      slopeCapacity = capacity(end);
      slopes = replace(slopes, Alibi.table(config.numHeads(), slopeCapacity));
    }
    long[] to = {config.numHeads(), 1, 1, end};
    return Kernels.window(slopes, new long[4], to, scope);
  }

  private void growRotary(int end) {
    int capacity = capacity(end);
    int dim = config.rope().dims(config.headDim());
    float[] frequencies = config.rope().frequencies(config.headDim());
    double magnitude = config.rope().scaling().magnitude();
    float[] cosines = new float[capacity * dim];
    float[] sines = new float[capacity * dim];
    for (int i = 0; i < dim / 2; i++) {
      for (int p = 0; p < capacity; p++) {
        double angle = p * frequencies[i];
        int first = p * dim + i;
        int second = first + dim / 2;
        cosines[first] = cosines[second] = (float) (magnitude * StrictMath.cos(angle));
        sines[second] = (float) (magnitude * StrictMath.sin(angle));
        sines[first] = -sines[second];
      }
    }
    long[] shape = {capacity, 1, dim};
    cos = replace(cos, HostTensor.wrap(shape, cosines));
    signedSin = replace(signedSin, HostTensor.wrap(shape, sines));
    rotaryCapacity = capacity;
  }

  private int capacity(int end) {
    int doubled = Math.max(SMALLEST, Integer.highestOneBit(end - 1) << 1);
    return Math.max(end, Math.min(config.maxPositions(), doubled));
  }

  /** A graph that was recorded with the old table keeps its memory until it is differentiated. */
  private NDArray replace(NDArray old, HostTensor table) {
    if (old != null) {
      old.close();
    }
    return table.toArray(owner);
  }
}
