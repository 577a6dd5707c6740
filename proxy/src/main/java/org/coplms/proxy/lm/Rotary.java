package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * Rotary positions (Su et al. 2021), with Hugging Face's pairing of the two halves of what is
 * rotated.
 *
 * <p>x·cos + rotate_half(x)·sin with rotate_half(x₁, x₂) = (−x₂, x₁); the sign is in the table. The
 * first R of a head's D values are rotated, the others stay.
 *
 * @param cos (T, 1, R)
 * @param signedSin (T, 1, R): −sin in the first half, sin in the second
 */
record Rotary(NDArray cos, NDArray signedSin) {

  /** (B, T, heads, D) → the same, owned like x. */
  NDArray apply(NDArray x) {
    long rotated = cos.getShape().get(2);
    if (rotated == x.getShape().get(3)) {
      return rotate(x);
    }
    NDList parts = x.split(new long[] {rotated}, 3);
    return rotate(parts.get(0)).concat(parts.get(1), 3);
  }

  private NDArray rotate(NDArray x) {
    NDList halves = x.split(2, 3);
    NDArray swapped = halves.get(1).concat(halves.get(0), 3);
    return x.mul(cos).add(swapped.mul(signedSin));
  }
}
