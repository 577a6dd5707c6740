package org.coplms.proxy.merge;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * Averages every tensor of a proxy that travels whole, Σ w_i W_i (FedAvg, McMahan et al. 2017); the
 * rule for θ of scope FULL. Exact, so nothing deviates.
 */
public record TensorMean() implements MergeRule {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "tensors";
  }

  @Override
  public Merged mergeWithReport(
      SortedMap<String, HostTensor> current, List<ProxyUpdate> updates, double scaling) {
    Cohort cohort = Cohort.of(ThetaSpec.ofWholeModel(current), updates);
    SortedMap<String, HostTensor> theta = new TreeMap<>();
    current.forEach((name, tensor) -> theta.put(name, mean(cohort, name, tensor.shape())));
    return new Merged(theta, cohort.report(name(), new TreeMap<>()));
  }

  /** Summed in fp64 in device order, each value rounded to the nearest float32 at the end. */
  private static HostTensor mean(Cohort cohort, String name, long[] shape) {
    double[] sums = new double[cohort.updates().get(0).tensors().get(name).size()];
    for (ProxyUpdate update : cohort.updates()) {
      HostTensor tensor = update.tensors().get(name);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += cohort.weight(update) * tensor.at(i);
      }
    }
    float[] values = new float[sums.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) sums[i];
    }
    return HostTensor.wrap(shape, values);
  }
}
