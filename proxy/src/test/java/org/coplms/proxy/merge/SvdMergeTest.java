package org.coplms.proxy.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.coplms.proxy.tensor.HostTensor;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SvdMergeTest {
  private static final double FLOAT_ROUNDING = 1e-5;
  private static final List<String> MODULES = List.of(Thetas.Q, Thetas.V);
  private final SortedMap<String, HostTensor> current = Thetas.random(100);

  /** From one device to more columns in all (60) than either side of a module has. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 20})
  void equalsTheTruncatedSvdOfTheFormedProduct(int devices) {
    List<ProxyUpdate> updates = updates(devices);
    Merged merged = new SvdMerge().mergeWithReport(current, updates, Thetas.SCALING);
    for (String module : MODULES) {
      DMatrixRMaj exact = Thetas.exactMean(updates, module);
      DMatrixRMaj best = bruteForce(exact, Thetas.RANK);
      DMatrixRMaj product = Thetas.product(merged.theta(), module);
      assertThat(Thetas.distance(product, best)).as(module).isLessThan(FLOAT_ROUNDING);
      MergeReport.Deviation deviation = merged.report().deviations().get(module);
      assertThat(deviation.norm()).isCloseTo(NormOps_DDRM.normF(exact), within(1e-9));
      assertThat(deviation.error()).isCloseTo(Thetas.distance(exact, best), within(1e-9));
    }
  }

  @Test
  void errsNoMoreThanTheMeanOfTheFactors() {
    for (int seed = 0; seed < 20; seed++) {
      List<ProxyUpdate> updates = List.of(update(0, 10, 3L * seed), update(1, 70, 3L * seed + 1));
      SortedMap<String, HostTensor> svd = new SvdMerge().merge(current, updates, Thetas.SCALING);
      SortedMap<String, HostTensor> mean = new FactorMean().merge(current, updates, Thetas.SCALING);
      for (String module : MODULES) {
        DMatrixRMaj exact = Thetas.exactMean(updates, module);
        assertThat(Thetas.distance(Thetas.product(svd, module), exact))
            .as(module)
            .isLessThan(Thetas.distance(Thetas.product(mean, module), exact));
      }
    }
  }

  @Test
  void isExactWhereTheUnionHasNoMoreThanTheRank() {
    SortedMap<String, HostTensor> first = withRank(1, 1);
    SortedMap<String, HostTensor> second = withRank(2, 2);
    List<ProxyUpdate> updates = List.of(Thetas.update(0, 10, first), Thetas.update(1, 30, second));
    Merged merged = new SvdMerge().mergeWithReport(current, updates, Thetas.SCALING);
    for (String module : MODULES) {
      assertThat(
              Thetas.distance(
                  Thetas.product(merged.theta(), module), Thetas.exactMean(updates, module)))
          .as(module)
          .isLessThan(FLOAT_ROUNDING);
    }
    assertThat(merged.report().relativeResidual()).isLessThan(1e-12);
  }

  @Test
  void directionsWithoutWeightStayTrainable() {
    List<ProxyUpdate> updates = List.of(Thetas.update(0, 10, withRank(1, 1)));
    SortedMap<String, HostTensor> theta = new SvdMerge().merge(current, updates, Thetas.SCALING);
    DMatrixRMaj b = Matrices.of(theta.get(Thetas.Q + ".lora_B.weight"));
    DMatrixRMaj a = Matrices.of(theta.get(Thetas.Q + ".lora_A.weight"));
    DMatrixRMaj before = Matrices.of(current.get(Thetas.Q + ".lora_A.weight"));
    for (int k = 1; k < Thetas.RANK; k++) {
      assertThat(CommonOps_DDRM.elementMaxAbs(CommonOps_DDRM.extractColumn(b, k, null))).isZero();
      assertThat(CommonOps_DDRM.extractRow(a, k, null).data)
          .containsExactly(CommonOps_DDRM.extractRow(before, k, null).data);
    }
  }

  @Test
  void splitsSingularValuesEvenly() {
    SortedMap<String, HostTensor> theta = new SvdMerge().merge(current, updates(3), Thetas.SCALING);
    for (String module : MODULES) {
      DMatrixRMaj b = Matrices.of(theta.get(module + ".lora_B.weight"));
      DMatrixRMaj a = Matrices.of(theta.get(module + ".lora_A.weight"));
      DMatrixRMaj gramB = new DMatrixRMaj(Thetas.RANK, Thetas.RANK);
      DMatrixRMaj gramA = new DMatrixRMaj(Thetas.RANK, Thetas.RANK);
      CommonOps_DDRM.multTransA(b, b, gramB);
      CommonOps_DDRM.multTransB(a, a, gramA);
      assertThat(Thetas.distance(gramB, gramA)).as(module).isLessThan(FLOAT_ROUNDING);
      for (int k = 1; k < Thetas.RANK; k++) {
        assertThat(gramB.get(k, k)).isLessThanOrEqualTo(gramB.get(k - 1, k - 1));
      }
    }
  }

  @Test
  void makesTheLargestEntryOfEachColumnPositive() {
    SortedMap<String, HostTensor> theta = new SvdMerge().merge(current, updates(4), Thetas.SCALING);
    DMatrixRMaj b = Matrices.of(theta.get(Thetas.Q + ".lora_B.weight"));
    for (int k = 0; k < Thetas.RANK; k++) {
      DMatrixRMaj column = CommonOps_DDRM.extractColumn(b, k, null);
      assertThat(CommonOps_DDRM.elementMax(column)).isEqualTo(CommonOps_DDRM.elementMaxAbs(column));
    }
  }

  @Test
  void keepsAModuleThatIsNarrowerThanTheRank() {
    int rank = 6;
    SortedMap<String, HostTensor> wide = Thetas.random(1, rank);
    List<ProxyUpdate> updates =
        List.of(Thetas.update(0, 1, wide), Thetas.update(1, 1, Thetas.random(2, rank)));
    SortedMap<String, HostTensor> theta = new SvdMerge().merge(wide, updates, Thetas.SCALING);
    assertThat(
            Thetas.distance(Thetas.product(theta, Thetas.V), Thetas.exactMean(updates, Thetas.V)))
        .isLessThan(FLOAT_ROUNDING);
  }

  private static List<ProxyUpdate> updates(int devices) {
    return IntStream.range(0, devices).mapToObj(i -> update(i, 10L + 7L * i, i)).toList();
  }

  private static ProxyUpdate update(int device, long examples, long seed) {
    return Thetas.update(device, examples, Thetas.random(seed));
  }

  /** A random θ whose products have only rank {@code rank}. */
  private static SortedMap<String, HostTensor> withRank(long seed, int rank) {
    SortedMap<String, HostTensor> theta = Thetas.random(seed);
    theta.replaceAll(
        (name, tensor) -> {
          float[] values = tensor.toFloats();
          for (int i = 0; i < values.length && name.contains("lora_B"); i++) {
            values[i] = i % Thetas.RANK < rank ? values[i] : 0;
          }
          return HostTensor.wrap(tensor.shape(), values);
        });
    return theta;
  }

  private static DMatrixRMaj bruteForce(DMatrixRMaj exact, int rank) {
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(exact.numRows, exact.numCols, true, true, false);
    assertThat(svd.decompose(exact.copy())).isTrue();
    DMatrixRMaj u = svd.getU(null, false);
    DMatrixRMaj v = svd.getV(null, false);
    DMatrixRMaj w = svd.getW(null);
    SingularOps_DDRM.descendingOrder(u, false, w, v, false);
    for (int k = rank; k < Math.min(w.numRows, w.numCols); k++) {
      w.set(k, k, 0);
    }
    DMatrixRMaj left = CommonOps_DDRM.mult(u, w, null);
    return CommonOps_DDRM.multTransB(left, v, null);
  }
}
