package org.coplms.proxy.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * Averages the factors, B = Σ w_i B_i and A = Σ w_i A_i (FedIT, Zhang et al. 2024).
 *
 * <p>The product of means is not the mean of products: it is off by s Σ w_i (B_i − B)(A_i − A),
 * which the report holds.
 */
public record FactorMean() implements MergeRule {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "mean";
  }

  @Override
  public Merged mergeWithReport(
      SortedMap<String, HostTensor> current, List<ProxyUpdate> updates, double scaling) {
    Cohort.requireScaling(scaling);
    Cohort cohort = Cohort.of(current, updates);
    SortedMap<String, HostTensor> theta = new TreeMap<>();
    SortedMap<String, MergeReport.Deviation> deviations = new TreeMap<>();
    for (String module : cohort.spec().modules()) {
      String nameA = ThetaSpec.factorA(module);
      String nameB = ThetaSpec.factorB(module);
      DMatrixRMaj meanA = Matrices.weightedSum(cohort, nameA, cohort::weight);
      DMatrixRMaj meanB = Matrices.weightedSum(cohort, nameB, cohort::weight);
      theta.put(nameA, Matrices.toTensor(meanA));
      theta.put(nameB, Matrices.toTensor(meanB));
      double error = scaling * spread(cohort, module, meanB, meanA);
      double norm = scaling * spread(cohort, module, null, null);
      deviations.put(module, new MergeReport.Deviation(error, norm));
    }
    return new Merged(theta, cohort.report(name(), deviations));
  }

  /** ‖Σ w_i (B_i − b)(A_i − a)‖; {@code null} is zero. */
  private static double spread(Cohort cohort, String module, DMatrixRMaj b, DMatrixRMaj a) {
    List<DMatrixRMaj> lefts = new ArrayList<>();
    List<DMatrixRMaj> rights = new ArrayList<>();
    for (ProxyUpdate update : cohort.updates()) {
      DMatrixRMaj left = Matrices.of(update.tensors().get(ThetaSpec.factorB(module)));
      DMatrixRMaj right = Matrices.of(update.tensors().get(ThetaSpec.factorA(module)));
      if (b != null) {
        CommonOps_DDRM.subtractEquals(left, b);
        CommonOps_DDRM.subtractEquals(right, a);
      }
      lefts.add(Matrices.scaled(cohort.weight(update), left));
      rights.add(right);
    }
    return new FactoredProduct(lefts, rights).norm();
  }
}
