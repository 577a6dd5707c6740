package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.coplms.proxy.tensor.Kernels;

/**
 * softmax(QKᵀ + mask)V of a pass, in one of two ways that differ by rounding.
 *
 * <p>B sequences, K key-value heads with G queries for each, T tokens of the pass, S tokens to look
 * at, D a head's size. Queries are (B, K, G·T, D) and scaled, keys and values (B, K, S, D), the
 * result is (B, K, G·T, D), owned like the queries. A mask is (T, S) or (K, G, T, S), or null for
 * none.
 */
final class ScaledDotProduct {
  /**
   * Tokens of a pass from which the fused way is taken: from there it is faster with and without
   * gradients, and below it is not (docs/adr/0026).
   */
  static final int FUSED_FROM = 256;

  private ScaledDotProduct() {}

  static NDArray attend(NDArray query, NDArray key, NDArray value, NDArray mask, Pass pass) {
    return mask == null || pass.tokens() < FUSED_FROM
        ? plain(query, key, value, mask, pass)
        : fused(query, key, value, mask, pass);
  }

  /** With the scores in memory, which the gradient needs again. */
  static NDArray plain(NDArray query, NDArray key, NDArray value, NDArray mask, Pass pass) {
    NDArray scores = query.matMul(key.swapAxes(2, 3)); // (B, K, G·T, S)
    if (mask != null) {
      Shape shape = scores.getShape();
      long groups = shape.get(2) / pass.tokens();
      scores =
          scores
              .reshape(shape.get(0), shape.get(1), groups, pass.tokens(), pass.end())
              .add(mask)
              .reshape(shape);
    }
    return scores.softmax(-1).matMul(value);
  }

  /** In tiles, whose scores the gradient computes again: memory grows with T, not with T². */
  static NDArray fused(NDArray query, NDArray key, NDArray value, NDArray mask, Pass pass) {
    Shape shape = query.getShape();
    long groups = shape.get(2) / pass.tokens();
    long heads = shape.get(1) * groups;
    NDArray queries = query.reshape(shape.get(0), heads, pass.tokens(), shape.get(3));
    NDArray keys = repeated(key, groups); // (B, K·G, S, D)
    NDArray values = repeated(value, groups);
    NDArray attended =
        isCausalAlone(mask, pass)
            ? Kernels.causalAttention(queries, keys, values)
            : Kernels.attention(queries, keys, values, mask(mask, heads)); // (B, K·G, T, D)
    return attended.reshape(shape);
  }

  /** Whether the mask hides later tokens and does nothing else: then half the tiles are skipped. */
  private static boolean isCausalAlone(NDArray mask, Pass pass) {
    return pass.start() == 0 && mask == pass.mask() && mask.getShape().dimension() == 2;
  }

  /** (T, S) → the same; (K, G, T, S) → (1, K·G, T, S). */
  private static NDArray mask(NDArray mask, long heads) {
    Shape shape = mask.getShape();
    return shape.dimension() == 2 ? mask : mask.reshape(1, heads, shape.get(2), shape.get(3));
  }

  /** Each head G times in a row. */
  private static NDArray repeated(NDArray x, long groups) {
    if (groups == 1) {
      return x;
    }
    Shape shape = x.getShape();
    Shape one = new Shape(shape.get(0), shape.get(1), 1, shape.get(2), shape.get(3));
    Shape all = new Shape(shape.get(0), shape.get(1), groups, shape.get(2), shape.get(3));
    return x.reshape(one)
        .broadcast(all)
        .reshape(shape.get(0), shape.get(1) * groups, shape.get(2), shape.get(3));
  }
}
