package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
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
  private final int topK;
  private final double topP;
  private final double penalty;

  /** For one decoding; the mask belongs to {@code owner}. */
  NextToken(int vocabSize, LmTokenizer tokenizer, Decoding decoding, NDManager owner) {
    this(vocabSize, tokenizer, decoding, new int[0], owner);
  }

  /**
   * The same where something ends a prompt.
   *
   * @param closing ids of which the first may follow too; may be empty
   */
  NextToken(
      int vocabSize, LmTokenizer tokenizer, Decoding decoding, int[] closing, NDManager owner) {
    float[] mask = new float[vocabSize];
    for (int id = 0; id < vocabSize; id++) {
      TokenRole role = tokenizer.role(id);
      boolean canFollow = role == TokenRole.TEXT || role == TokenRole.EOS;
      mask[id] = canFollow ? 0 : Float.NEGATIVE_INFINITY;
    }
    if (closing.length > 0) {
      mask[closing[0]] = 0;
    }
    this.allowed = HostTensor.wrap(new long[] {vocabSize}, mask).toArray(owner);
    this.temperature = decoding.temperature();
    this.topK = Math.min(decoding.topK(), vocabSize);
    this.topP = decoding.topP();
    this.penalty = decoding.repetitionPenalty();
  }

  /** The most probable ids (B) and their log-probabilities (B) over the whole vocabulary. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Best(long[] ids, float[] logProbs) {}

  /** Whether scores depend on the tokens that a row has already. */
  boolean penalizes() {
    return penalty != 1;
  }

  /**
   * Logits (B, V) with the repetition penalty: s / p for s ≥ 0 and s · p for s &lt; 0, once for
   * every token of the row.
   *
   * @param seen the rows' tokens, (B, P) int64
   */
  NDArray penalized(NDArray logits, NDArray seen) {
    NDArray p = logits.getManager().full(new Shape(), (float) penalty, DataType.FLOAT32);
    NDArray scores = logits.gather(seen, 1); // (B, P)
    NDArray changed = NDArrays.where(scores.lt(scores.zerosLike()), scores.mul(p), scores.div(p));
    return logits.scatter(seen, changed, 1);
  }

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
    if (topP == 1 && topK == 0) {
      return positions(probabilities, uniform).squeeze(1).toLongArray();
    }
    NDArray order = probabilities.argSort(1, false); // (B, V), most probable first
    if (topK > 0) {
      long[] to = {order.getShape().get(0), topK};
      order = Kernels.window(order, new long[2], to, logits.getManager()); // (B, K)
    }
    NDArray sorted = probabilities.gather(order, 1); // (B, K)
    NDArray before = sorted.cumSum(1).sub(sorted); // (B, K): what more probable tokens add up to
    NDArray limit = logits.getManager().full(new Shape(), (float) topP, DataType.FLOAT32);
    if (topK > 0) {
      limit = sorted.sum(new int[] {1}, true).mul(limit); // (B, 1)
    }
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
