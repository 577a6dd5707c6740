package org.coplms.proxy.mutual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.function.IntUnaryOperator;
import org.coplms.proxy.tensor.Scalars;

/**
 * Divergence of a model from a peer with another vocabulary, in nats per position: our own
 * derivation, after the top-K distillation of FedMKT and FuseLLM.
 *
 * <p>The peer's top-K tokens are pooled by the own token u that they map to, P_u, and the rest into
 * one bucket, P_0 = 1 − ΣP_u; the model's own distribution into the same buckets, Q_u and Q_0. Then
 * KL = Σ P_u (ln P_u − ln Q_u) + P_0 (ln P_0 − ln Q_0), with P_0, Q_0 ≥ 1e-6 and the buckets
 * without probability left out. Pooling loses information: the value is at most {@link DenseKl}'s
 * under the identity map, and equal at K = V. The floors let it fall below 0 by at most 1e-6.
 *
 * <p>The factor T² is the objective's to apply, not part of these values. The peer comes from the
 * heap, hence without gradient.
 */
public final class PooledKl {
  private PooledKl() {}

  /**
   * Mean over the positions.
   *
   * @param logits (P, V) recorded, before temperature, float32 or float64; P = 0 gives 0 with
   *     gradient 0
   * @param peer P rows at {@code temperature}
   * @param map from the peer's vocabulary to the model's
   * @return scalar, owned by the manager of {@code logits}
   */
  public static NDArray loss(NDArray logits, TopK peer, VocabularyMap map, double temperature) {
    return loss(logits, peer, map, temperature, peer.positions());
  }

  /**
   * Sum over these positions divided by {@code count}: the share of one part of a batch of {@code
   * count} positions, so that losses and gradients of the parts add up to the whole's.
   */
  public static NDArray loss(
      NDArray logits, TopK peer, VocabularyMap map, double temperature, long count) {
    return loss(logits, peer, map::map, temperature, count);
  }

  static NDArray loss(
      NDArray logits, TopK peer, IntUnaryOperator map, double temperature, long count) {
    checkPositions(logits.getShape(), peer);
    if (peer.positions() == 0) {
      return logits.sum();
    }
    NDArray sum = divergences(logits, PooledRows.of(peer, map), temperature).sum(); // () float64
    NDArray one = logits.getManager().ones(new Shape(1), logits.getDataType());
    // By type promotion, as NDArray.toType cuts the graph: an array outranks a float64 scalar.
    return Scalars.times(sum, 1.0 / count).mul(one).reshape(new Shape()); // ()
  }

  /** The share of the peer's probability that has a token here: mean over rows of ΣP_u. */
  public static double mappedMass(TopK peer, VocabularyMap map) {
    return PooledRows.of(peer, map::map).mappedMass();
  }

  /** KL of each position, (P) float64: the (P, U) part is small, so precision is cheap there. */
  private static NDArray divergences(NDArray logits, PooledRows rows, double temperature) {
    NDManager owner = logits.getManager();
    Shape buckets = new Shape(rows.positions, rows.width);
    NDArray ids = upload(owner.create(rows.ids, buckets)); // (P, U)
    NDArray p = upload(owner.create(rows.probabilities, buckets)); // (P, U)
    NDArray mask = upload(owner.create(rows.mask, buckets)); // (P, U)
    NDArray p0 = upload(owner.create(rows.remainder)); // (P)
    NDArray negativeEntropy = upload(owner.create(rows.negativeEntropy)); // (P)

    NDArray ownLogQ = Temperature.logSoftmax(logits, temperature).gather(ids, 1); // (P, U)
    NDArray logQ = mask.mul(ownLogQ); // (P, U) float64 by type promotion
    NDArray likelihood = p.mul(logQ).sum(new int[] {1}); // (P) ΣP_u ln Q_u
    NDArray kept = logQ.exp().mul(mask).sum(new int[] {1}); // (P) ΣQ_u
    NDArray q0 = Scalars.atLeast(Scalars.plus(kept.neg(), 1), TopK.SMALLEST_REMAINDER); // (P)
    return negativeEntropy.sub(likelihood).sub(p0.mul(q0.log()));
  }

  /** Moves into memory that torch owns, which autograd may keep. */
  private static NDArray upload(NDArray heapBacked) {
    try (heapBacked) {
      return heapBacked.duplicate();
    }
  }

  private static void checkPositions(Shape logits, TopK peer) {
    if (logits.dimension() != 2 || logits.get(0) != peer.positions()) {
      throw new IllegalArgumentException(
          "Pooled KL needs (positions, vocabulary) logits for the peer's %d positions, got %s"
              .formatted(peer.positions(), logits));
    }
  }
}
