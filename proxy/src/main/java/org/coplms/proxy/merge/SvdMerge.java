package org.coplms.proxy.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.ejml.data.DMatrixRMaj;

/**
 * The best factors of rank r of Σ w_i s B_i A_i: no rule of this rank is nearer to the exact mean
 * of the products, and none is needed where their union has rank ≤ r.
 *
 * <p>Thin QR of [w_i s B_i] and of [A_i]ᵀ, SVD of the small core, in fp64; singular values are
 * split evenly, B = U √(Σ/s) and A = √(Σ/s) Vᵀ, so that s B A is the truncated product. A direction
 * without weight keeps the current row of A beside a zero column of B: zero rows on both sides
 * would never learn again.
 */
public record SvdMerge() implements MergeRule {
  private static final long serialVersionUID = 1L;

  /** Singular values below this share of the largest are rounding noise of fp64. */
  private static final double NOISE = 1e-13;

  @Override
  public String name() {
    return "svd";
  }

  @Override
  public Merged mergeWithReport(
      SortedMap<String, HostTensor> current, List<ProxyUpdate> updates, double scaling) {
    Cohort.requireScaling(scaling);
    Cohort cohort = Cohort.of(current, updates);
    SortedMap<String, HostTensor> theta = new TreeMap<>();
    SortedMap<String, MergeReport.Deviation> deviations = new TreeMap<>();
    for (String module : cohort.spec().modules()) {
      DMatrixRMaj a = Matrices.of(current.get(ThetaSpec.factorA(module))); // (r, in)
      long out = current.get(ThetaSpec.factorB(module)).dimension(0);
      DMatrixRMaj b = new DMatrixRMaj(Math.toIntExact(out), a.numRows); // (out, r)
      FactoredProduct.Truncated product = product(cohort, module, scaling).truncate(a.numRows);
      split(product, scaling, b, a);
      theta.put(ThetaSpec.factorA(module), Matrices.toTensor(a));
      theta.put(ThetaSpec.factorB(module), Matrices.toTensor(b));
      deviations.put(module, new MergeReport.Deviation(product.error(), product.norm()));
    }
    return new Merged(theta, cohort.report(name(), deviations));
  }

  /** Σ w_i s B_i A_i. */
  private static FactoredProduct product(Cohort cohort, String module, double scaling) {
    List<DMatrixRMaj> lefts = new ArrayList<>();
    List<DMatrixRMaj> rights = new ArrayList<>();
    for (ProxyUpdate update : cohort.updates()) {
      DMatrixRMaj b = Matrices.of(update.tensors().get(ThetaSpec.factorB(module)));
      lefts.add(Matrices.scaled(cohort.weight(update) * scaling, b));
      rights.add(Matrices.of(update.tensors().get(ThetaSpec.factorA(module))));
    }
    return new FactoredProduct(lefts, rights);
  }

  /** Writes the balanced factors over the columns of {@code b} and the rows of {@code a}. */
  private static void split(
      FactoredProduct.Truncated product, double scaling, DMatrixRMaj b, DMatrixRMaj a) {
    List<Double> sigma = product.singularValues();
    for (int k = 0; k < sigma.size() && sigma.get(k) > NOISE * sigma.get(0); k++) {
      double share = Math.sqrt(sigma.get(k) / scaling);
      for (int row = 0; row < b.numRows; row++) {
        b.set(row, k, share * product.u().get(row, k));
      }
      for (int column = 0; column < a.numCols; column++) {
        a.set(k, column, share * product.vTransposed().get(k, column));
      }
    }
  }
}
