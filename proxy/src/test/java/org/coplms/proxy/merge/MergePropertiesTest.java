package org.coplms.proxy.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.coplms.proxy.tensor.HostTensor;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.NormOps_DDRM;

/** Random shapes, ranks, cohorts and weights. */
class MergePropertiesTest {
  private static final String SEED = "20251122";
  private static final String MODULE = "m";
  private static final double ROUNDING = 1e-6;

  @Property(seed = SEED, tries = 300)
  void svdIsAsExactAsItsReportAndNeverWorseThanTheMean(
      @ForAll @IntRange(min = 1, max = 12) int in,
      @ForAll @IntRange(min = 1, max = 12) int out,
      @ForAll @IntRange(min = 1, max = 5) int rank,
      @ForAll @IntRange(min = 1, max = 8) int devices,
      @ForAll long seed) {
    List<ProxyUpdate> updates = cohort(in, out, rank, devices, seed);
    SortedMap<String, HostTensor> current = updates.get(0).tensors();
    DMatrixRMaj exact = Thetas.exactMean(updates, MODULE);
    double rounding = ROUNDING * (1 + NormOps_DDRM.normF(exact));

    Merged svd = new SvdMerge().mergeWithReport(current, updates, Thetas.SCALING);
    Merged mean = new FactorMean().mergeWithReport(current, updates, Thetas.SCALING);
    double svdError = Thetas.distance(Thetas.product(svd.theta(), MODULE), exact);
    double meanError = Thetas.distance(Thetas.product(mean.theta(), MODULE), exact);
    assertThat(svdError).isLessThanOrEqualTo(meanError + rounding);
    assertThat(svd.report().deviations().get(MODULE).error())
        .isBetween(svdError - rounding, svdError + rounding);
    assertThat(mean.report().deviations().get(MODULE).error())
        .isBetween(meanError - rounding, meanError + rounding);
    assertThat(svd.report().relativeResidual()).isBetween(0.0, 1.0);
  }

  @Property(seed = SEED, tries = 100)
  void orderLeavesEveryBitAlone(
      @ForAll @IntRange(min = 1, max = 9) int in,
      @ForAll @IntRange(min = 1, max = 9) int out,
      @ForAll @IntRange(min = 1, max = 8) int devices,
      @ForAll long seed) {
    List<ProxyUpdate> updates = cohort(in, out, 2, devices, seed);
    SortedMap<String, HostTensor> current = updates.get(0).tensors();
    List<ProxyUpdate> shuffled = new ArrayList<>(updates);
    Collections.shuffle(shuffled, new Random(seed));
    for (MergeRule rule : List.of(new SvdMerge(), new FactorMean())) {
      assertThat(rule.mergeWithReport(current, shuffled, Thetas.SCALING))
          .isEqualTo(rule.mergeWithReport(current, updates, Thetas.SCALING));
    }
  }

  @Property(seed = SEED, tries = 200)
  void fixedPointSumsAreAssociativeAndCommutative(
      @ForAll @IntRange(min = 1, max = 12) int devices,
      @ForAll @IntRange(min = 0, max = 12) int firstCut,
      @ForAll @IntRange(min = 0, max = 12) int secondCut,
      @ForAll @IntRange(min = 8, max = 44) int bits,
      @ForAll long seed) {
    List<ProxyUpdate> updates = frozenCohort(devices, seed);
    SortedMap<String, HostTensor> current = updates.get(0).tensors();
    int low = Math.min(Math.min(firstCut, secondCut), devices);
    int high = Math.min(Math.max(firstCut, secondCut), devices);
    List<ProxyUpdate> a = updates.subList(0, low);
    List<ProxyUpdate> b = updates.subList(low, high);
    List<ProxyUpdate> c = updates.subList(high, devices);

    FixedPointSum left = sum(a, current, bits).combine(sum(b, current, bits));
    FixedPointSum expected = left.combine(sum(c, current, bits));
    FixedPointSum right = sum(b, current, bits).combine(sum(c, current, bits));
    assertThat(sum(a, current, bits).combine(right)).isEqualTo(expected);
    assertThat(right.combine(sum(a, current, bits))).isEqualTo(expected);
    assertThat(sum(updates, current, bits)).isEqualTo(expected);
  }

  @Property(seed = SEED, tries = 200)
  void fixedPointMeansAreExactToTheirResolution(
      @ForAll @IntRange(min = 1, max = 12) int devices, @ForAll long seed) {
    List<ProxyUpdate> updates = frozenCohort(devices, seed);
    Merged merged =
        FixedPointMean.withDefaults()
            .mergeWithReport(updates.get(0).tensors(), updates, Thetas.SCALING);
    DMatrixRMaj exact = Thetas.exactMean(updates, MODULE);
    assertThat(Thetas.distance(Thetas.product(merged.theta(), MODULE), exact))
        .isLessThan(ROUNDING * (1 + NormOps_DDRM.normF(exact)));
  }

  private static FixedPointSum sum(
      List<ProxyUpdate> updates, SortedMap<String, HostTensor> current, int bits) {
    FixedPointSum sum = FixedPointSum.zero(ThetaSpec.of(current), bits);
    updates.forEach(update -> sum.add(update, current));
    return sum;
  }

  private static List<ProxyUpdate> frozenCohort(int devices, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    HostTensor a = matrix(random, 2, 5);
    List<ProxyUpdate> updates = new ArrayList<>();
    for (int device = 0; device < devices; device++) {
      updates.add(update(device, random.nextLong(1, 1000), a, matrix(random, 4, 2)));
    }
    return updates;
  }

  /** Devices with weights of very different size; some share a factor, one may weigh nothing. */
  private static List<ProxyUpdate> cohort(int in, int out, int rank, int devices, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    HostTensor shared = matrix(random, rank, in);
    List<ProxyUpdate> updates = new ArrayList<>();
    for (int device = 0; device < devices; device++) {
      HostTensor a = random.nextInt(4) == 0 ? shared : matrix(random, rank, in);
      long examples = device == 0 ? 1 : (long) Math.pow(10, random.nextInt(6)) - 1;
      updates.add(update(device, examples, a, matrix(random, out, rank)));
    }
    return updates;
  }

  private static ProxyUpdate update(int device, long examples, HostTensor a, HostTensor b) {
    SortedMap<String, HostTensor> theta = new TreeMap<>();
    theta.put(MODULE + ".lora_A.weight", a);
    theta.put(MODULE + ".lora_B.weight", b);
    return Thetas.update(device, examples, theta);
  }

  private static HostTensor matrix(SplittableRandom random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return HostTensor.wrap(new long[] {rows, columns}, values);
  }
}
