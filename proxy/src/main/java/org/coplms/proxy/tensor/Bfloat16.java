package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * Frozen weights in bfloat16.
 *
 * <p>DJL 0.35.1 can neither create such an array nor move it to other hardware (it ends the JVM),
 * nor copy it to the heap, nor name its type; torch can do all of it, and an array of a type that
 * DJL does not know is taken for one. It means something to this class and to those functions of
 * {@link Kernels} that say so, and is never trained.
 */
public final class Bfloat16 {
  private Bfloat16() {}

  /** Whether an array holds bfloat16 values. */
  public static boolean isTypeOf(NDArray array) {
    return array.getDataType() == DataType.UNKNOWN;
  }

  /** float32 values rounded to the nearest, ties to even; owned like {@code values}. */
  public static NDArray narrow(NDArray values) {
    return TorchScript.NARROW.apply(values);
  }

  /** The values of a bfloat16 array as float32; owned like {@code values}. */
  public static NDArray widen(NDArray values) {
    return TorchScript.WIDEN.apply(values);
  }

  /** A tensor of the heap, rounded as by {@link #narrow}; owned by {@code owner}. */
  static NDArray of(HostTensor tensor, NDManager owner) {
    try (NDArray values = tensor.toArray(owner)) {
      return narrow(values);
    }
  }
}
