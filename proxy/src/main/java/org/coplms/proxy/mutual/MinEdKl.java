package org.coplms.proxy.mutual;

import ai.djl.ndarray.NDArray;

/**
 * How FedMKT's student learns from its teacher: {@link PooledKl} over the {@link MinEdVocabulary}.
 *
 * <p>FedMKT's term is the cross-entropy −Σ P_u ln Q_u to the mapped teacher. That is this
 * divergence plus the teacher's entropy, a constant, so both have the same gradient. Two details
 * are ours: tokens that map to one token add up, where FedMKT keeps the first; and the probability
 * outside the top K is one more bucket, where FedMKT scales the rest up to 1.
 */
public final class MinEdKl {
  private MinEdKl() {}

  /**
   * Sum over the positions divided by {@code count}.
   *
   * @param logits (P, V) of the student, recorded, before temperature
   * @param teacher P rows at {@code temperature}
   * @return scalar in nats, owned by the manager of {@code logits}; without the factor T²
   */
  public static NDArray loss(
      NDArray logits, TopK teacher, MinEdVocabulary map, double temperature, long count) {
    return PooledKl.loss(logits, teacher, map::map, temperature, count);
  }
}
