package org.coplms.proxy.mutual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.coplms.proxy.tensor.Torch;

/** Logits of one seed, and the finite differences that gradients are held against. */
final class RandomLogits {
  private static final double STEP = 1e-5;

  private RandomLogits() {}

  /** (P, V) values, normal with standard deviation 2. */
  static double[] values(long seed, int positions, int vocabulary) {
    SplittableRandom random = new SplittableRandom(seed);
    return random
        .doubles((long) positions * vocabulary)
        .map(u -> 4 * Math.sqrt(3) * (u - 0.5))
        .toArray();
  }

  static NDArray float64(double[] values, int positions, NDManager owner) {
    try (NDArray heapBacked =
        owner.create(values, new Shape(positions, values.length / positions))) {
      return heapBacked.duplicate();
    }
  }

  static NDArray float32(double[] values, int positions, NDManager owner) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    try (NDArray heapBacked =
        owner.create(floats, new Shape(positions, values.length / positions))) {
      return heapBacked.duplicate();
    }
  }

  /** d loss / d logits by reverse-mode differentiation. */
  static double[] gradient(NDArray logits, Function<NDArray, NDArray> loss) {
    logits.setRequiresGradient(true);
    Torch.backward(Torch.recording(() -> loss.apply(logits)));
    return logits.getGradient().toDoubleArray();
  }

  /** d loss / d logits by central differences in float64. */
  static double[] finiteDifferences(
      double[] values, int positions, NDManager owner, Function<NDArray, NDArray> loss) {
    double[] gradient = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double[] moved = values.clone();
      moved[i] = values[i] + STEP;
      double above = value(moved, positions, owner, loss);
      moved[i] = values[i] - STEP;
      gradient[i] = (above - value(moved, positions, owner, loss)) / (2 * STEP);
    }
    return gradient;
  }

  private static double value(
      double[] values, int positions, NDManager owner, Function<NDArray, NDArray> loss) {
    try (NDManager step = owner.newSubManager()) {
      return loss.apply(float64(values, positions, step)).getDouble();
    }
  }
}
