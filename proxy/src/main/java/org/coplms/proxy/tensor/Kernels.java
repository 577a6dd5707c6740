package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/**
 * Torch's fused operations that DJL's {@code NDArray} does not name.
 *
 * <p>Every result belongs to the manager of the first argument, so that a parameter's long-lived
 * manager collects nothing.
 */
public final class Kernels {
  private Kernels() {}

  /**
   * x Wᵀ + b.
   *
   * @param x (…, in)
   * @param weight (out, in)
   * @param bias (out), or null for none
   * @return (…, out)
   */
  public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return JniUtils.linear((PtNDArray) x, (PtNDArray) weight, (PtNDArray) bias);
  }

  /** Rows of {@code table} (V, H) at {@code ids} (…) int64: (…, H). */
  public static NDArray embedding(NDArray ids, NDArray table) {
    return JniUtils.embedding((PtNDArray) ids, (PtNDArray) table, false);
  }

  /** Layer normalization over the last axis, whose size {@code weight} and {@code bias} have. */
  public static NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon) {
    return JniUtils.layerNorm(
        (PtNDArray) x, weight.getShape(), (PtNDArray) weight, (PtNDArray) bias, epsilon);
  }

  /** 1 / (1 + exp(−x)). */
  public static NDArray sigmoid(NDArray x) {
    return JniUtils.sigmoid((PtNDArray) x);
  }

  /** max(x, 0). */
  public static NDArray relu(NDArray x) {
    return JniUtils.relu((PtNDArray) x);
  }

  /** x Φ(x), with the exact normal distribution function. */
  public static NDArray gelu(NDArray x) {
    return JniUtils.gelu((PtNDArray) x);
  }

  /** A view of {@code x} from {@code from} (inclusive) to {@code to}, owned by {@code owner}. */
  public static NDArray window(NDArray x, long[] from, long[] to, NDManager owner) {
    return JniUtils.index((PtNDArray) x, from, to, ones(from.length), (PtNDManager) owner);
  }

  /** Copies {@code value} into {@code x} from {@code from} (inclusive) to {@code to}, in place. */
  public static void write(NDArray x, long[] from, long[] to, NDArray value) {
    JniUtils.indexSet((PtNDArray) x, (PtNDArray) value, from, to, ones(from.length));
  }

  /** Copies {@code value}, of the same shape, into {@code x}, which stays the same array. */
  public static void assign(NDArray x, HostTensor value) {
    Shape shape = x.getShape();
    Torch.withoutRecording(
        () -> {
          try (NDArray source = value.toArray(x.getManager())) {
            write(x, new long[shape.dimension()], shape.getShape(), source);
            return null;
          }
        });
  }

  private static long[] ones(int size) {
    long[] ones = new long[size];
    Arrays.fill(ones, 1);
    return ones;
  }
}
