package org.coplms.proxy.mutual;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * The peer's top-K rows seen through a vocabulary map: for each position the own tokens u that the
 * peer's tokens map to, and P_u, the sum of their probabilities.
 *
 * <p>Rows are padded to the widest with probability 0 and mask 0. P_0, the remainder, is at least
 * 1e-6.
 */
final class PooledRows {
  final int positions;
  final int width;

  /** (P, U) own token ids, 0 where padded. */
  final long[] ids;

  /** (P, U) P_u. */
  final double[] probabilities;

  /** (P, U) 1 where a token stands. */
  final double[] mask;

  /** (P) P_0. */
  final double[] remainder;

  /** (P) Σ P_u ln P_u + P_0 ln P_0. */
  final double[] negativeEntropy;

  private PooledRows(int positions, int width) {
    this.positions = positions;
    this.width = width;
    this.ids = new long[positions * width];
    this.probabilities = new double[positions * width];
    this.mask = new double[positions * width];
    this.remainder = new double[positions];
    this.negativeEntropy = new double[positions];
  }

  /**
   * Pools all rows.
   *
   * @param map from the peer's ids to own ids, negative for none
   */
  static PooledRows of(TopK peer, IntUnaryOperator map) {
    PooledRows rows = new PooledRows(peer.positions(), peer.k());
    long[] order = new long[peer.k()];
    for (int row = 0; row < rows.positions; row++) {
      rows.fill(row, peer, map, order);
    }
    return rows;
  }

  /** Sorting (own id, rank) pairs brings tokens that map to the same own token together. */
  private void fill(int row, TopK peer, IntUnaryOperator map, long[] order) {
    int mapped = 0;
    for (int rank = 0; rank < width; rank++) {
      int own = map.applyAsInt(peer.id(row, rank));
      if (own >= 0) {
        order[mapped++] = ((long) own << Integer.SIZE) | rank;
      }
    }
    Arrays.sort(order, 0, mapped);
    int last = row * width - 1;
    for (int i = 0; i < mapped; i++) {
      long own = order[i] >>> Integer.SIZE;
      double probability = Math.exp(peer.logProb(row, (int) order[i]));
      if (probability > 0) {
        if (i == 0 || last < row * width || ids[last] != own) {
          last++;
        }
        ids[last] = own;
        mask[last] = 1;
        probabilities[last] += probability;
      }
    }
    summarize(row, last + 1);
  }

  private void summarize(int row, int end) {
    double sum = 0;
    double negative = 0;
    for (int i = row * width; i < end; i++) {
      sum += probabilities[i];
      negative += probabilities[i] * Math.log(probabilities[i]);
    }
    double rest = Math.max(1 - sum, TopK.SMALLEST_REMAINDER);
    remainder[row] = rest;
    negativeEntropy[row] = negative + rest * Math.log(rest);
  }

  /** Mean over the positions of Σ P_u, before the remainder's floor. */
  double mappedMass() {
    return positions == 0 ? 0 : Arrays.stream(probabilities).sum() / positions;
  }
}
