package org.coplms.proxy.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class TensorMeanTest {
  private static final String MATRIX = "model.embed_tokens.weight";
  private static final String VECTOR = "model.norm.weight";

  @Test
  void averagesTensorsOfAnyNumberOfAxesByExamples() {
    SortedMap<String, HostTensor> current = model(0, 0, 0);
    List<ProxyUpdate> updates =
        List.of(update(1, 3, model(5, -2, 8)), update(0, 1, model(1, 2, 4)));
    Merged merged = new TensorMean().mergeWithReport(current, updates, 1);
    assertThat(merged.theta()).isEqualTo(model(4, -1, 7));
    assertThat(merged.report().relativeResidual()).isZero();
    assertThat(merged.report().devices()).isEqualTo(2);
  }

  @Test
  void neitherOrderNorEqualUpdatesChangeABit() {
    SortedMap<String, HostTensor> current = model(0.1f, 0.2f, 0.3f);
    ProxyUpdate a = update(0, 7, model(0.1f, 1e-7f, 3));
    ProxyUpdate b = update(1, 13, model(0.7f, 2e7f, -3));
    ProxyUpdate c = update(2, 1, model(-0.3f, 1, 11));
    TensorMean rule = new TensorMean();
    assertThat(rule.merge(current, List.of(c, a, b), 1))
        .isEqualTo(rule.merge(current, List.of(a, b, c), 1));
    List<ProxyUpdate> same =
        List.of(update(0, 1, current), update(1, 7, current), update(2, 3, current));
    assertThat(rule.merge(model(9, 9, 9), same, 1)).isEqualTo(current);
  }

  @Test
  void theRuleIsKnownByNameAndSurvivesSerialization() {
    assertThat(MergeRule.named("tensors")).isEqualTo(new TensorMean());
    assertThat(Serialization.roundTrip(new TensorMean())).isEqualTo(new TensorMean());
  }

  @Test
  void loraFactorsAreLeftToTheirOwnRules() {
    SortedMap<String, HostTensor> theta = Thetas.random(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorMean().merge(theta, List.of(Thetas.update(0, 1, theta)), 1))
        .withMessageContaining("only the base weights travel");
    for (MergeRule rule : List.of(new FactorMean(), new SvdMerge())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> rule.merge(model(0, 0, 0), List.of(update(0, 1, model(1, 1, 1))), 1))
          .withMessageContaining("cannot be part of θ");
    }
  }

  private static ProxyUpdate update(
      int device, long examples, SortedMap<String, HostTensor> weights) {
    return ProxyUpdate.of(0, device, examples, weights, ThetaSpec.ofWholeModel(weights));
  }

  private static SortedMap<String, HostTensor> model(float a, float b, float norm) {
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    weights.put(MATRIX, HostTensor.of(new long[] {2, 1}, new float[] {a, b}));
    weights.put(VECTOR, HostTensor.of(new long[] {1}, new float[] {norm}));
    return weights;
  }
}
