package org.coplms.proxy.merge;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.coplms.proxy.tensor.HostTensor;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The sum Σ L_i R_i of low-rank products, kept as [L_1 … L_n] · [R_1; …; R_n] and never formed.
 *
 * <p>With thin QR of both sides, L = Q_L T_L and Rᵀ = Q_R T_R, everything about the (out, in)
 * product is in the core T_L T_Rᵀ, at most k × k for k columns in all.
 */
final class FactoredProduct {
  private final Orthogonal left;
  private final Orthogonal right;
  private final DMatrixRMaj core;

  /** A matrix as Q (rows, m) with orthonormal columns times T (m, columns), m the shorter side. */
  private record Orthogonal(DMatrixRMaj q, DMatrixRMaj t) {

    static Orthogonal of(DMatrixRMaj matrix) {
      QRDecomposition<DMatrixRMaj> qr =
          DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
      // False says "singular", which is no obstacle: identical or zero factors are common.
      qr.decompose(matrix);
      return new Orthogonal(qr.getQ(null, true), qr.getR(null, true));
    }
  }

  /**
   * The best approximation of rank at most r, U diag(σ) Vᵀ.
   *
   * @param u (out, m), m = min(r, out, in, k); the largest entry of each column is positive
   * @param singularValues m values, descending
   * @param vTransposed (m, in)
   * @param error Frobenius norm of what was cut off
   * @param norm Frobenius norm of the whole product
   */
  record Truncated(
      DMatrixRMaj u,
      List<Double> singularValues,
      DMatrixRMaj vTransposed,
      double error,
      double norm) {}

  /**
   * @param lefts L_i, (out, r_i)
   * @param rights R_i, (r_i, in)
   */
  FactoredProduct(List<DMatrixRMaj> lefts, List<DMatrixRMaj> rights) {
    left = Orthogonal.of(CommonOps_DDRM.concatColumnsMulti(lefts.toArray(DMatrixRMaj[]::new)));
    DMatrixRMaj stacked = CommonOps_DDRM.concatRowsMulti(rights.toArray(DMatrixRMaj[]::new));
    right = Orthogonal.of(CommonOps_DDRM.transpose(stacked, null));
    core = new DMatrixRMaj(left.t.numRows, right.t.numRows);
    CommonOps_DDRM.multTransB(left.t, right.t, core);
  }

  /** B A of one module of θ. */
  static FactoredProduct of(Map<String, HostTensor> theta, String module) {
    return new FactoredProduct(
        List.of(Matrices.of(theta.get(ThetaSpec.factorB(module)))),
        List.of(Matrices.of(theta.get(ThetaSpec.factorA(module)))));
  }

  /** Frobenius norm of the product. */
  double norm() {
    return NormOps_DDRM.normF(core);
  }

  /** The product's best approximation of rank {@code rank} (Eckart and Young 1936). */
  Truncated truncate(int rank) {
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(core.numRows, core.numCols, true, true, true);
    if (!svd.decompose(core.copy())) {
      throw new ArithmeticException(
          "SVD of a %d x %d core did not converge".formatted(core.numRows, core.numCols));
    }
    DMatrixRMaj u = svd.getU(null, false);
    DMatrixRMaj vTransposed = svd.getV(null, true);
    double[] sigma = svd.getSingularValues();
    int count = svd.numberOfSingularValues();
    SingularOps_DDRM.descendingOrder(u, false, sigma, count, vTransposed, true);

    int kept = Math.min(rank, count);
    DMatrixRMaj outer = new DMatrixRMaj(left.q.numRows, kept);
    CommonOps_DDRM.mult(left.q, CommonOps_DDRM.extract(u, 0, u.numRows, 0, kept), outer);
    DMatrixRMaj inner = new DMatrixRMaj(kept, right.q.numRows);
    CommonOps_DDRM.multTransB(
        CommonOps_DDRM.extract(vTransposed, 0, kept, 0, vTransposed.numCols), right.q, inner);
    fixSigns(outer, inner);
    List<Double> values = Arrays.stream(sigma, 0, kept).boxed().toList();
    return new Truncated(
        outer, values, inner, hypotenuse(sigma, kept, count), hypotenuse(sigma, 0, count));
  }

  /** Makes the largest entry of each column of {@code u} positive, the first of equal ones. */
  private static void fixSigns(DMatrixRMaj u, DMatrixRMaj vTransposed) {
    for (int column = 0; column < u.numCols; column++) {
      double largest = 0;
      for (int row = 0; row < u.numRows; row++) {
        if (Math.abs(u.get(row, column)) > Math.abs(largest)) {
          largest = u.get(row, column);
        }
      }
      if (largest < 0) {
        CommonOps_DDRM.scaleCol(-1, u, column);
        CommonOps_DDRM.scaleRow(-1, vTransposed, column);
      }
    }
  }

  private static double hypotenuse(double[] values, int from, int to) {
    double result = 0;
    for (int i = to - 1; i >= from; i--) {
      result = Math.hypot(result, values[i]);
    }
    return result;
  }
}
