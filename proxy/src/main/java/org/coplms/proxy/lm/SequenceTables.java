package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Kernels;

/**
 * What depends on positions alone: the rotary angles and the causal mask.
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
  private int rotaryCapacity;
  private int maskCapacity;

  SequenceTables(LmConfig config, NDManager owner) {
    this.config = config;
    this.owner = owner;
  }

  /** Angles of positions {@code start} to {@code end}; the views belong to {@code scope}. */
  Rotary rotary(int start, int end, NDManager scope) {
    if (end > rotaryCapacity) {
      growRotary(end);
    }
    long[] from = {start, 0, 0};
    long[] to = {end, 1, config.headDim()};
    return new Rotary(
        Kernels.window(cos, from, to, scope), Kernels.window(signedSin, from, to, scope));
  }

  /**
   * What is added to attention scores: 0 where a token may look, −∞ at later tokens.
   *
   * @return (end − start, end), owned by {@code scope}
   */
  NDArray causalMask(int start, int end, NDManager scope) {
    if (end > maskCapacity) {
      growMask(end);
    }
    return Kernels.window(mask, new long[] {start, 0}, new long[] {end, end}, scope);
  }

  private void growRotary(int end) {
    int capacity = capacity(end);
    int dim = config.headDim();
    float[] cosines = new float[capacity * dim];
    float[] sines = new float[capacity * dim];
    for (int i = 0; i < dim / 2; i++) {
      // float32 as in Hugging Face, whose checkpoints were trained with these roundings
      float frequency = (float) (1 / Math.pow(config.ropeTheta(), 2.0 * i / dim));
      for (int p = 0; p < capacity; p++) {
        double angle = p * frequency;
        int first = p * dim + i;
        int second = first + dim / 2;
        cosines[first] = cosines[second] = (float) StrictMath.cos(angle);
        sines[second] = (float) StrictMath.sin(angle);
        sines[first] = -sines[second];
      }
    }
    long[] shape = {capacity, 1, dim};
    cos = replace(cos, HostTensor.wrap(shape, cosines));
    signedSin = replace(signedSin, HostTensor.wrap(shape, sines));
    rotaryCapacity = capacity;
  }

  private void growMask(int end) {
    int capacity = capacity(end);
    float[] values = new float[capacity * capacity];
    for (int row = 0; row < capacity; row++) {
      for (int column = row + 1; column < capacity; column++) {
        values[row * capacity + column] = Float.NEGATIVE_INFINITY;
      }
    }
    mask = replace(mask, HostTensor.wrap(new long[] {capacity, capacity}, values));
    maskCapacity = capacity;
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
