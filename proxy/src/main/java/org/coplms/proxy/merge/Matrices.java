package org.coplms.proxy.merge;

import java.util.function.ToDoubleFunction;
import org.coplms.proxy.tensor.HostTensor;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** Between float32 tensors and fp64 matrices of EJML. */
final class Matrices {
  private Matrices() {}

  /** A copy in fp64 of a tensor of two axes. */
  static DMatrixRMaj of(HostTensor tensor) {
    DMatrixRMaj matrix =
        new DMatrixRMaj(Math.toIntExact(tensor.dimension(0)), Math.toIntExact(tensor.dimension(1)));
    for (int i = 0; i < tensor.size(); i++) {
      matrix.data[i] = tensor.at(i);
    }
    return matrix;
  }

  /** Each value rounded to the nearest float32. */
  static HostTensor toTensor(DMatrixRMaj matrix) {
    float[] values = new float[matrix.getNumElements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix.data[i];
    }
    return HostTensor.wrap(new long[] {matrix.numRows, matrix.numCols}, values);
  }

  static DMatrixRMaj scaled(double factor, DMatrixRMaj matrix) {
    DMatrixRMaj result = new DMatrixRMaj(matrix.numRows, matrix.numCols);
    CommonOps_DDRM.scale(factor, matrix, result);
    return result;
  }

  /** Σ w_i X_i of one tensor of θ, in device order. */
  static DMatrixRMaj weightedSum(Cohort cohort, String name, ToDoubleFunction<ProxyUpdate> weight) {
    DMatrixRMaj sum = null;
    for (ProxyUpdate update : cohort.updates()) {
      DMatrixRMaj term = scaled(weight.applyAsDouble(update), of(update.tensors().get(name)));
      if (sum == null) {
        sum = term;
      } else {
        CommonOps_DDRM.addEquals(sum, term);
      }
    }
    return sum;
  }
}
