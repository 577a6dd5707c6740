package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import org.coplms.proxy.tensor.Kernels;

/**
 * From hidden states to scores of the next token.
 *
 * @param projection H → E, or null where the head is as wide as the model
 * @param head (V, E)
 */
record OutputLayer(Linear projection, NDArray head) {

  /** (…, H) → (…, V), owned like {@code hidden}. */
  NDArray forward(NDArray hidden) {
    return Kernels.linear(projection == null ? hidden : projection.forward(hidden), head, null);
  }
}
