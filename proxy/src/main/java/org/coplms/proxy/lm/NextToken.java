package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Kernels;
import org.coplms.proxy.tensor.Scalars;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenRole;

/**
 * Chooses among the tokens that may follow: text and EOS.
 *
 * <p>Draws invert the cumulated probabilities at a uniform number that the row brings, so that a
 * result depends on the seed alone.
 */
final class NextToken {
  private final NDArray allowed;
  private final double temperature;
  private final double topP;

  /** For one decoding; the mask belongs to {@code owner}. */
  NextToken(int vocabSize, LmTokenizer tokenizer, Decoding decoding, NDManager owner) {
    float[] mask = new float[vocabSize];
    for (int id = 0; id < vocabSize; id++) {
      TokenRole role = tokenizer.role(id);
      boolean canFollow = role == TokenRole.TEXT || role == TokenRole.EOS;
      mask[id] = canFollow ? 0 : Float.NEGATIVE_INFINITY;
    }
    this.allowed = HostTensor.wrap(new long[] {vocabSize}, mask).toArray(owner);
    this.temperature = decoding.temperature();
    this.topP = decoding.topP();
  }

  /** The most probable ids (B) and their log-probabilities (B) over the whole vocabulary. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Best(long[] ids, float[] logProbs) {}

  /** From logits (B, V). */
  Best best(NDArray logits) {
    NDArray logProbs = logits.logSoftmax(-1).add(allowed); // (B, V)
    return new Best(logProbs.argMax(-1).toLongArray(), logProbs.max(new int[] {-1}).toFloatArray());
  }

  /**
   * One id for each row.
   *
   * @param logits (B, V)
   * @param uniform (B), in (0, 1)
   */
  long[] draw(NDArray logits, float[] uniform) {
    NDArray scaled = Scalars.times(logits, 1 / temperature).add(allowed);
    NDArray probabilities = scaled.softmax(-1); // (B, V)
    if (topP == 1) {
      return positions(probabilities, uniform).squeeze(1).toLongArray();
    }
    NDArray order = probabilities.argSort(1, false); // (B, V), most probable first
    NDArray sorted = probabilities.gather(order, 1);
    NDArray before = sorted.cumSum(1).sub(sorted); // (B, V): what more probable tokens add up to
    NDArray limit = logits.getManager().full(new Shape(), (float) topP, DataType.FLOAT32);
    NDArray kept = sorted.mul(before.lt(limit).toType(DataType.FLOAT32, false));
    return order.gather(positions(kept, uniform), 1).squeeze(1).toLongArray();
  }

  /** Where the cumulated weights reach the uniform share of their sum: (B, 1) int64. */
  private static NDArray positions(NDArray weights, float[] uniform) {
    long rows = weights.getShape().get(0);
    long columns = weights.getShape().get(1);
    NDArray cumulated = weights.cumSum(1); // (B, V)
    NDArray total =
        Kernels.window(
            cumulated,
            new long[] {0, columns - 1},
            new long[] {rows, columns},
            weights.getManager()); // (B, 1)
    NDArray share =
        HostTensor.wrap(new long[] {rows, 1}, uniform).toArray(weights.getManager()).mul(total);
    return cumulated.lt(share).toType(DataType.INT64, false).sum(new int[] {1}, true);
  }
}
