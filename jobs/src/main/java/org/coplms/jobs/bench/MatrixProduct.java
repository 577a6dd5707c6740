package org.coplms.jobs.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.SplittableRandom;
import org.coplms.proxy.tensor.Kernels;
import org.coplms.proxy.tensor.RandomTensors;

/** What the machine's float32 matrix product reaches with this number of threads. */
final class MatrixProduct implements AutoCloseable {
  private final int size;
  private final NDManager manager;
  private final NDArray left;
  private final NDArray right;

  /** Squares of {@code size}; their memory is freed by {@link #close}. */
  MatrixProduct(int size, NDManager owner) {
    this.size = size;
    this.manager = owner.newSubManager();
    SplittableRandom random = new SplittableRandom(1);
    long[] shape = {size, size};
    this.left = RandomTensors.uniform(shape, 1, random).toArray(manager);
    this.right = RandomTensors.uniform(shape, 1, random).toArray(manager);
  }

  /** One product: 2 · size³ operations. */
  Sample measure() {
    long begin = System.nanoTime();
    try (NDManager step = manager.newSubManager()) {
      NDArray product = left.matMul(right);
      product.attach(step);
      // A GPU is only waited for when a value is read.
      Kernels.window(product, new long[2], new long[] {1, 1}, step).toFloatArray();
    }
    return new Sample(0, 2.0 * size * size * size, 1e-9 * (System.nanoTime() - begin));
  }

  @Override
  public void close() {
    manager.close();
  }
}
