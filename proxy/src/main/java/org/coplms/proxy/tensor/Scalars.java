package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Arithmetic with a number that autograd can be trusted with.
 *
 * <p>{@code NDArray.mul(Number)} and its siblings hand torch a scalar that lives in a Java buffer;
 * a recorded graph still points to it after the buffer is freed, and the gradient is then wrong
 * (DJL 0.35.1). Here the scalar is an array that torch owns and that lives as long as the manager
 * of {@code x}. The architecture test forbids the {@code Number} overloads everywhere else.
 */
public final class Scalars {
  private Scalars() {}

  /** x · c; owned by the manager of {@code x}. */
  public static NDArray times(NDArray x, double c) {
    return x.mul(scalar(x, c));
  }

  /** x + c; owned by the manager of {@code x}. */
  public static NDArray plus(NDArray x, double c) {
    return x.add(scalar(x, c));
  }

  /** max(x, c) element by element; owned by the manager of {@code x}. */
  public static NDArray atLeast(NDArray x, double c) {
    return x.maximum(scalar(x, c));
  }

  /** min(x, c) element by element; owned by the manager of {@code x}. */
  public static NDArray atMost(NDArray x, double c) {
    return x.minimum(scalar(x, c));
  }

  private static NDArray scalar(NDArray x, double c) {
    // Not NDManager.full: it takes a float, which would round c in a float64 graph.
    PtNDManager owner = (PtNDManager) x.getManager();
    return JniUtils.full(owner, new Shape(), c, x.getDataType(), x.getDevice(), SparseFormat.DENSE);
  }
}
