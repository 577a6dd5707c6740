package org.coplms.proxy.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every rule must hold. All devices share A, so that {@code ffa} accepts them too. */
class MergeRuleTest {
  private static final double FLOAT_ROUNDING = 1e-5;
  private final SortedMap<String, HostTensor> current = Thetas.random(100);

  @ParameterizedTest
  @ValueSource(strings = {"mean", "svd", "ffa"})
  void identicalUpdatesKeepTheirProduct(String rule) {
    SortedMap<String, HostTensor> theta = frozenA(1);
    List<ProxyUpdate> updates =
        List.of(update(0, 10, theta), update(1, 250, theta), update(2, 33, theta));
    SortedMap<String, HostTensor> merged = merge(rule, updates);
    assertSameProducts(merged, theta);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "svd", "ffa"})
  void oneFullWeightReturnsThatDevice(String rule) {
    SortedMap<String, HostTensor> theta = frozenA(1);
    List<ProxyUpdate> updates =
        List.of(update(0, 0, frozenA(2)), update(1, 250, theta), update(2, 0, frozenA(3)));
    assertSameProducts(merge(rule, updates), theta);
    assertSameProducts(merge(rule, List.of(updates.get(1))), theta);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "ffa"})
  void oneFullWeightReturnsThatDevicesFactors(String rule) {
    SortedMap<String, HostTensor> theta = frozenA(1);
    SortedMap<String, HostTensor> merged = merge(rule, List.of(update(1, 250, theta)));
    merged.forEach(
        (name, tensor) -> {
          for (int i = 0; i < tensor.size(); i++) {
            assertThat(tensor.at(i)).as(name).isCloseTo(theta.get(name).at(i), within(1e-10f));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "svd", "ffa"})
  void orderOfDevicesLeavesEveryBitAlone(String rule) {
    List<ProxyUpdate> updates = new ArrayList<>();
    for (int device = 0; device < 7; device++) {
      updates.add(update(device, 10 + 17L * device, frozenA(device)));
    }
    MergeRule merge = MergeRule.named(rule);
    Merged expected = merge.mergeWithReport(current, updates, Thetas.SCALING);
    Random random = new Random(5);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(updates, random);
      assertThat(merge.mergeWithReport(current, updates, Thetas.SCALING)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "svd", "ffa"})
  void sharedFactorsMergeExactly(String rule) {
    List<ProxyUpdate> updates =
        List.of(update(0, 10, frozenA(1)), update(1, 250, frozenA(2)), update(2, 33, frozenA(3)));
    SortedMap<String, HostTensor> merged = merge(rule, updates);
    for (String module : List.of(Thetas.Q, Thetas.V)) {
      assertThat(Thetas.distance(Thetas.product(merged, module), Thetas.exactMean(updates, module)))
          .as(module)
          .isLessThan(FLOAT_ROUNDING);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "svd", "ffa"})
  void updatesWithoutTrainingLeaveThetaAsItWas(String rule) {
    SortedMap<String, HostTensor> fresh = Thetas.zeroB(current);
    List<ProxyUpdate> updates = List.of(update(0, 10, fresh), update(1, 20, fresh));
    assertThat(MergeRule.named(rule).merge(fresh, updates, Thetas.SCALING)).isEqualTo(fresh);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "svd", "ffa"})
  void whatIsMergedMayBeSentAgain(String rule) {
    SortedMap<String, HostTensor> merged = merge(rule, List.of(update(0, 10, frozenA(1))));
    assertThat(ThetaSpec.of(merged)).isEqualTo(ThetaSpec.of(current));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "svd", "ffa"})
  void rulesAndResultsSurviveSerialization(String name) {
    MergeRule rule = MergeRule.named(name);
    assertThat(Serialization.roundTrip(rule)).isEqualTo(rule);
    assertThat(rule.name()).isEqualTo(name);
    Merged merged =
        rule.mergeWithReport(current, List.of(update(0, 10, frozenA(1))), Thetas.SCALING);
    assertThat(Serialization.roundTrip(merged)).isEqualTo(merged);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "svd", "ffa"})
  void badCohortsAreRefusedByName(String rule) {
    ProxyUpdate update = update(4, 10, frozenA(1));
    assertRefused(rule, List.of(), "at least one edge device");
    assertRefused(rule, List.of(update, update), "edge device 4, round 0 was given twice");
    assertRefused(rule, List.of(update(4, 0, frozenA(1))), "0 examples in all");
    ProxyUpdate late = ProxyUpdate.of(1, 5, 10, frozenA(1), ThetaSpec.of(current));
    assertRefused(rule, List.of(update, late), "edge device 5, round 1 cannot be merged");
    ProxyUpdate wide = update(6, 10, Thetas.random(1, Thetas.RANK + 1));
    assertRefused(rule, List.of(update, wide), "edge device 6, round 0 refused: tensor");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void badScalingIsRefused(double scaling) {
    for (String rule : List.of("mean", "svd", "ffa")) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  MergeRule.named(rule).merge(current, List.of(update(0, 1, frozenA(1))), scaling))
          .withMessageContaining("scaling must be positive");
    }
  }

  @Test
  void unknownRulesAreRefusedWithTheChoices() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MergeRule.named("median"))
        .withMessage("Unknown merge rule 'median'; choose mean, svd, ffa or tensors");
  }

  private SortedMap<String, HostTensor> frozenA(long seed) {
    return Thetas.withFrozenA(current, seed);
  }

  private static ProxyUpdate update(int device, long n, SortedMap<String, HostTensor> theta) {
    return Thetas.update(device, n, theta);
  }

  private SortedMap<String, HostTensor> merge(String rule, List<ProxyUpdate> updates) {
    return MergeRule.named(rule).merge(current, updates, Thetas.SCALING);
  }

  private void assertRefused(String rule, List<ProxyUpdate> updates, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> merge(rule, updates))
        .withMessageContaining(message);
  }

  private static void assertSameProducts(
      SortedMap<String, HostTensor> merged, SortedMap<String, HostTensor> expected) {
    assertThat(new TreeMap<>(merged).keySet()).isEqualTo(expected.keySet());
    for (String module : List.of(Thetas.Q, Thetas.V)) {
      assertThat(Thetas.distance(Thetas.product(merged, module), Thetas.product(expected, module)))
          .as(module)
          .isLessThan(FLOAT_ROUNDING);
    }
  }
}
