package org.coplms.proxy.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.coplms.proxy.tensor.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointSumTest {
  private static final int BITS = 36;
  private static final String B = Thetas.Q + ".lora_B.weight";
  private final SortedMap<String, HostTensor> current = Thetas.random(100);
  private final ThetaSpec spec = ThetaSpec.of(current);

  @Test
  void isTheMeanWeightedByExamples() {
    List<ProxyUpdate> updates = updates(5);
    SortedMap<String, HostTensor> mean = sequential(updates).mean(current);
    double examples = updates.stream().mapToLong(ProxyUpdate::numExamples).sum();
    for (int i = 0; i < current.get(B).size(); i++) {
      double expected = 0;
      for (ProxyUpdate update : updates) {
        expected += update.numExamples() / examples * update.tensors().get(B).at(i);
      }
      assertThat(mean.get(B).at(i)).isCloseTo((float) expected, within(1e-7f));
    }
  }

  @Test
  void keepsAAsItWas() {
    SortedMap<String, HostTensor> mean = sequential(updates(5)).mean(current);
    String a = Thetas.V + ".lora_A.weight";
    assertThat(mean.get(a)).isEqualTo(current.get(a));
  }

  @Test
  void anyTreeOverAnyOrderGivesTheSameBits() {
    List<ProxyUpdate> updates = new ArrayList<>(updates(40));
    FixedPointSum expected = sequential(updates);
    Random random = new Random(3);
    for (int i = 0; i < 50; i++) {
      Collections.shuffle(updates, random);
      FixedPointSum sum = tree(updates, random);
      assertThat(sum).isEqualTo(expected).hasSameHashCodeAs(expected);
      assertThat(sum.mean(current)).isEqualTo(expected.mean(current));
    }
  }

  @Test
  void equalsTheRuleOverCollectedUpdates() {
    List<ProxyUpdate> updates = updates(9);
    FixedPointMean rule = new FixedPointMean(BITS);
    Merged collected = rule.mergeWithReport(current, updates, Thetas.SCALING);
    Merged streamed = tree(updates, new Random(1)).merged(current, Thetas.SCALING);
    assertThat(streamed).isEqualTo(collected);
    assertThat(collected.report().relativeResidual()).isZero();
    assertThat(collected.report().devices()).isEqualTo(9);
  }

  @Test
  void survivesSerializationBetweenEveryStep() {
    FixedPointSum sum = FixedPointSum.zero(spec, BITS);
    for (ProxyUpdate update : updates(6)) {
      sum = Serialization.roundTrip(sum).add(Serialization.roundTrip(update), current);
    }
    assertThat(sum).isEqualTo(sequential(updates(6)));
  }

  @Test
  void zeroIsNeutralOnBothSides() {
    FixedPointSum sum = sequential(updates(3));
    assertThat(FixedPointSum.zero(spec, BITS).combine(sequential(updates(3)))).isEqualTo(sum);
    assertThat(sequential(updates(3)).combine(FixedPointSum.zero(spec, BITS))).isEqualTo(sum);
  }

  @Test
  void unchangedDevicesLeaveEveryBitOfThetaAlone() {
    float[] values = current.get(B).toFloats();
    values[0] = -0.0f;
    values[1] = Float.MIN_VALUE;
    current.put(B, HostTensor.of(new long[] {9, 3}, values));
    FixedPointSum sum =
        FixedPointSum.zero(spec, BITS)
            .add(Thetas.update(0, 11, current), current)
            .add(Thetas.update(1, 13, current), current);
    assertThat(sum.mean(current)).isEqualTo(current);
  }

  @Test
  void refusesAnAThatWasTrained() {
    ProxyUpdate update = Thetas.update(7, 10, Thetas.random(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FixedPointSum.zero(spec, BITS).add(update, current))
        .withMessageContaining("edge device 7, round 0 refused: 'ffa' keeps A frozen")
        .withMessageContaining(Thetas.Q + ".lora_A.weight");
  }

  @Test
  void refusesAnAThatDiffersInTheSignOfZeroOnly() {
    String a = Thetas.Q + ".lora_A.weight";
    float[] values = current.get(a).toFloats();
    values[0] = 0.0f;
    current.put(a, HostTensor.of(new long[] {3, 7}, values));
    SortedMap<String, HostTensor> theta = Thetas.withFrozenA(current, 1);
    values[0] = -0.0f;
    theta.put(a, HostTensor.of(new long[] {3, 7}, values));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FixedPointSum.zero(spec, BITS).add(Thetas.update(7, 10, theta), current));
  }

  @Test
  void refusesOneUpdateThatOverflowsAlone() {
    ProxyUpdate huge = constantB(0, 1, 1e12f);
    assertOverflow(() -> FixedPointSum.zero(spec, BITS).add(huge, current));
    ProxyUpdate heavy = constantB(0, 1L << 40, 100);
    assertOverflow(() -> FixedPointSum.zero(spec, BITS).add(heavy, current));
  }

  @Test
  void refusesTheSumThatOverflowsWhateverTheOrderAndSign() {
    List<ProxyUpdate> updates =
        List.of(
            constantB(0, 1L << 20, 60), constantB(1, 1L << 20, -60), constantB(2, 1L << 20, 60));
    for (int first = 0; first < 3; first++) {
      List<ProxyUpdate> rotated = new ArrayList<>(updates);
      Collections.rotate(rotated, first);
      assertOverflow(() -> sequential(rotated));
      assertOverflow(
          () ->
              sequential(rotated.subList(0, 1))
                  .combine(
                      sequential(rotated.subList(1, 2))
                          .combine(sequential(rotated.subList(2, 3)))));
    }
  }

  @Test
  void aRefusedUpdateLeavesTheSumAsItWas() {
    FixedPointSum sum = sequential(updates(2));
    assertOverflow(() -> sum.add(constantB(9, 1L << 40, 100), current));
    assertThat(sum).isEqualTo(sequential(updates(2)));
    FixedPointSum large = FixedPointSum.zero(spec, BITS).add(constantB(8, 1L << 20, 120), current);
    FixedPointSum other = FixedPointSum.zero(spec, BITS).add(constantB(9, 1L << 20, 120), current);
    assertOverflow(() -> large.combine(other));
    assertThat(large)
        .isEqualTo(FixedPointSum.zero(spec, BITS).add(constantB(8, 1L << 20, 120), current));
  }

  @Test
  void refusesSumsOfOtherResolutionRoundOrTheta() {
    FixedPointSum sum = sequential(updates(2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sum.combine(FixedPointSum.zero(spec, BITS - 1)))
        .withMessageContaining("36 fraction bits")
        .withMessageContaining("35");
    ThetaSpec wide = ThetaSpec.of(Thetas.random(1, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sum.combine(FixedPointSum.zero(wide, BITS)));
    ProxyUpdate late = ProxyUpdate.of(1, 5, 10, Thetas.withFrozenA(current, 5), spec);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sum.add(late, current))
        .withMessageContaining("edge device 5, round 1 cannot be added to updates of round 0");
    FixedPointSum later = FixedPointSum.zero(spec, BITS).add(late, current);
    assertThatIllegalArgumentException().isThrownBy(() -> sum.combine(later));
  }

  @Test
  void hasNoMeanOfNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FixedPointSum.zero(spec, BITS).mean(current));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 53, -1})
  void refusesAResolutionThatLosesFloatsOrRange(int bits) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FixedPointMean(bits))
        .withMessageContaining("from 8 to 52, got " + bits);
  }

  @Test
  void errsByNoMoreThanItsResolution() {
    ProxyUpdate update = Thetas.update(0, 3, Thetas.withFrozenA(current, 1));
    HostTensor merged = new FixedPointMean(8).merge(current, List.of(update), 1).get(B);
    for (int i = 0; i < merged.size(); i++) {
      assertThat(merged.at(i)).isCloseTo(update.tensors().get(B).at(i), within(0x1p-9f + 1e-6f));
    }
  }

  private List<ProxyUpdate> updates(int devices) {
    return IntStream.range(0, devices)
        .mapToObj(i -> Thetas.update(i, 10L + 7L * i, Thetas.withFrozenA(current, i)))
        .toList();
  }

  private ProxyUpdate constantB(int device, long examples, float change) {
    SortedMap<String, HostTensor> theta = Thetas.withFrozenA(current, 1);
    float[] values = current.get(B).toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] += change;
    }
    theta.put(B, HostTensor.of(new long[] {9, 3}, values));
    return Thetas.update(device, examples, theta);
  }

  private FixedPointSum sequential(List<ProxyUpdate> updates) {
    FixedPointSum sum = FixedPointSum.zero(spec, BITS);
    updates.forEach(update -> sum.add(update, current));
    return sum;
  }

  /** Partitions of random size, combined pairwise at random. */
  private FixedPointSum tree(List<ProxyUpdate> updates, Random random) {
    List<FixedPointSum> partial = new ArrayList<>();
    for (int from = 0; from < updates.size(); ) {
      int to = Math.min(updates.size(), from + random.nextInt(6));
      partial.add(sequential(updates.subList(from, to)));
      from = to;
    }
    while (partial.size() > 1) {
      FixedPointSum right = partial.remove(random.nextInt(partial.size()));
      partial.get(random.nextInt(partial.size())).combine(right);
    }
    return partial.get(0);
  }

  private static void assertOverflow(ThrowingCallable sum) {
    assertThatIllegalArgumentException()
        .isThrownBy(sum)
        .withMessageContaining(B)
        .withMessageContaining("leaves 64 bits")
        .withMessageContaining("use fewer than 36 fraction bits");
  }
}
