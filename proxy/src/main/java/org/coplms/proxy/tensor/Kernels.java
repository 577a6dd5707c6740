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
   * @param x (…, in) float32
   * @param weight (out, in) float32; or {@link Bfloat16}, then x is rounded to it, and so is x Wᵀ
   * @param bias (out) float32, or null for none
   * @return (…, out) float32
   */
  public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    if (Bfloat16.isTypeOf(weight)) {
      return plus(TorchScript.LINEAR.apply(x, weight), bias);
    }
    return JniUtils.linear((PtNDArray) x, (PtNDArray) weight, (PtNDArray) bias);
  }

  /** x W + b: as {@link #linear}, with a weight (in, out). */
  public static NDArray product(NDArray x, NDArray weight, NDArray bias) {
    boolean frozen = Bfloat16.isTypeOf(weight);
    return plus(frozen ? TorchScript.PRODUCT.apply(x, weight) : x.matMul(weight), bias);
  }

  private static NDArray plus(NDArray product, NDArray bias) {
    return bias == null ? product : product.add(bias);
  }

  /**
   * Rows of a table.
   *
   * @param ids (…) int64
   * @param table (V, H) float32 or {@link Bfloat16}
   * @return (…, H) float32
   */
  public static NDArray embedding(NDArray ids, NDArray table) {
    return Bfloat16.isTypeOf(table)
        ? TorchScript.EMBEDDING.apply(ids, table)
        : JniUtils.embedding((PtNDArray) ids, (PtNDArray) table, false);
  }

  /**
   * Consecutive rows of a table.
   *
   * @param table (V, H) float32 or {@link Bfloat16}
   * @return rows {@code from} (inclusive) to {@code to} as float32, owned by {@code owner}
   */
  public static NDArray rows(NDArray table, long from, long to, NDManager owner) {
    long[] end = {to, table.getShape().get(1)};
    NDArray rows = window(table, new long[] {from, 0}, end, owner);
    return Bfloat16.isTypeOf(table) ? Bfloat16.widen(rows) : rows;
  }

  /**
   * softmax(Q Kᵀ + mask) V without the scores in memory (Dao et al. 2022, Rabe and Staats 2021).
   *
   * @param query (B, heads, T, D), scaled
   * @param key (B, heads, S, D)
   * @param value as {@code key}
   * @param mask without gradient, (T, S) or (1 or B, 1 or heads, T, S)
   * @return (B, heads, T, D)
   */
  public static NDArray attention(NDArray query, NDArray key, NDArray value, NDArray mask) {
    return TorchScript.ATTENTION.apply(query, key, value, mask);
  }

  /** {@link #attention} where T = S and a token sees itself and those before it. */
  public static NDArray causalAttention(NDArray query, NDArray key, NDArray value) {
    return TorchScript.CAUSAL_ATTENTION.apply(query, key, value);
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

  /**
   * Copies {@code value}, of the same shape, into {@code x}, which stays the same array; rounds
   * where that is {@link Bfloat16}.
   */
  public static void assign(NDArray x, HostTensor value) {
    Shape shape = x.getShape();
    Torch.withoutRecording(
        () -> {
          NDManager owner = x.getManager();
          boolean frozen = Bfloat16.isTypeOf(x);
          try (NDArray source = frozen ? Bfloat16.of(value, owner) : value.toArray(owner)) {
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
