package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.SparseFormat;

/** Selection of rows of a matrix, differentiable in the matrix. */
public final class Rows {
  private Rows() {}

  /**
   * The rows of {@code matrix} at the given indices.
   *
   * @param matrix (R, C)
   * @param indices each in 0..R-1; may repeat
   * @return (N, C), owned by the manager of {@code matrix}
   */
  public static NDArray take(NDArray matrix, long[] indices) {
    NDArray index = matrix.getManager().create(indices); // (N)
    return index
        .getNDArrayInternal()
        .embedding(index, matrix, SparseFormat.DENSE)
        .singletonOrThrow();
  }
}
