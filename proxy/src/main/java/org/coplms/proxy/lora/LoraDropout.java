package org.coplms.proxy.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;

/**
 * Inverted dropout of what enters the A factors; does nothing until training is switched on.
 *
 * <p>The mask is drawn in Java, from the task's own generator: torch's is shared by the process.
 */
public final class LoraDropout {
  private static final int RESOLUTION = 1 << 16;

  private final int threshold;
  private final float kept;
  private SplittableRandom random;

  /** Rounds {@code rate} to a multiple of 2⁻¹⁶. */
  public LoraDropout(double rate) {
    this.threshold = (int) Math.round(rate * RESOLUTION);
    this.kept = (float) (1 / (1 - rate));
  }

  /** Drops from now on, drawing from {@code random}; null stops it. */
  public void train(SplittableRandom random) {
    this.random = random;
  }

  /** x, or x with some values zero and the others scaled to the same mean; owned like x. */
  NDArray apply(NDArray x) {
    if (random == null || threshold == 0) {
      return x;
    }
    Shape shape = x.getShape();
    float[] mask = new float[Math.toIntExact(shape.size())];
    long bits = 0;
    for (int i = 0; i < mask.length; i++) {
      bits = i % 4 == 0 ? random.nextLong() : bits >>> 16;
      mask[i] = (bits & (RESOLUTION - 1)) < threshold ? 0 : kept;
    }
    try (NDArray heapBacked = x.getManager().create(mask, shape)) {
      return x.mul(heapBacked.duplicate());
    }
  }
}
