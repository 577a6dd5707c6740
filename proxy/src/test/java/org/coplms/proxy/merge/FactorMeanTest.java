package org.coplms.proxy.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.ejml.dense.row.NormOps_DDRM;
import org.junit.jupiter.api.Test;

class FactorMeanTest {
  private static final String A = "m.lora_A.weight";
  private static final String B = "m.lora_B.weight";

  @Test
  void averagesEachFactorByExamples() {
    List<ProxyUpdate> updates =
        List.of(update(0, 1, new float[] {1, 2}, 4), update(1, 3, new float[] {5, -2}, 8));
    SortedMap<String, HostTensor> merged =
        new FactorMean().merge(updates.get(0).tensors(), updates, 1);
    assertThat(merged.get(A)).isEqualTo(tensor(1, 2, 4, -1));
    assertThat(merged.get(B)).isEqualTo(tensor(1, 1, 7));
  }

  @Test
  void reportsItsDistanceFromTheMeanOfTheProducts() {
    SortedMap<String, HostTensor> current = Thetas.random(0);
    List<ProxyUpdate> updates =
        List.of(
            Thetas.update(0, 10, Thetas.random(1)),
            Thetas.update(1, 250, Thetas.random(2)),
            Thetas.update(2, 77, Thetas.random(3)));
    Merged merged = new FactorMean().mergeWithReport(current, updates, Thetas.SCALING);
    for (String module : List.of(Thetas.Q, Thetas.V)) {
      double norm = NormOps_DDRM.normF(Thetas.exactMean(updates, module));
      double error =
          Thetas.distance(
              Thetas.product(merged.theta(), module), Thetas.exactMean(updates, module));
      MergeReport.Deviation deviation = merged.report().deviations().get(module);
      assertThat(deviation.norm()).as(module).isCloseTo(norm, within(1e-9));
      assertThat(deviation.error()).as(module).isCloseTo(error, within(1e-5)).isGreaterThan(0.1);
    }
    assertThat(merged.report().toString())
        .contains("3 edge devices (337 examples) by 'mean', relative residual 0.");
  }

  @Test
  void identicalUpdatesReturnTheirFactorsBitForBit() {
    SortedMap<String, HostTensor> theta = Thetas.random(1);
    List<ProxyUpdate> updates =
        List.of(Thetas.update(0, 1, theta), Thetas.update(1, 7, theta), Thetas.update(2, 3, theta));
    Merged merged = new FactorMean().mergeWithReport(theta, updates, Thetas.SCALING);
    assertThat(merged.theta()).isEqualTo(theta);
    assertThat(merged.report().relativeResidual()).isLessThan(1e-15);
  }

  private static ProxyUpdate update(int device, long examples, float[] a, float b) {
    SortedMap<String, HostTensor> theta = new TreeMap<>();
    theta.put(A, tensor(1, 2, a));
    theta.put(B, tensor(1, 1, b));
    return Thetas.update(device, examples, theta);
  }

  private static HostTensor tensor(int rows, int columns, float... values) {
    return HostTensor.of(new long[] {rows, columns}, values);
  }
}
