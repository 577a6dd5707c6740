package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.coplms.proxy.tensor.Kernels;

/**
 * From token ids to what enters the first block.
 *
 * @param table (V, E)
 * @param projection E → H, or null where the table is as wide as the model
 * @param norm of the embeddings
 * @param positions (P + offset, H), or null where positions enter elsewhere
 * @param offset rows of {@code positions} before that of the first token
 */
record InputLayer(NDArray table, Linear projection, Norm norm, NDArray positions, int offset) {

  /** (B, T) int64 → (B, T, H), owned by {@code scope}. */
  NDArray forward(NDArray inputIds, Pass pass, NDManager scope) {
    NDArray x = Kernels.embedding(inputIds, table); // (B, T, E)
    x.attach(scope);
    x = norm.forward(projection == null ? x : projection.forward(x)); // (B, T, H)
    if (positions == null) {
      return x;
    }
    return x.add(Kernels.rows(positions, pass.start() + offset, pass.end() + offset, scope));
  }
}
