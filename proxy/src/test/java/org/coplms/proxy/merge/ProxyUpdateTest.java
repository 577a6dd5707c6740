package org.coplms.proxy.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyUpdateTest {
  private static final String NAME = Thetas.Q + ".lora_B.weight";
  private final SortedMap<String, HostTensor> theta = Thetas.random(1);
  private final ThetaSpec allowed = ThetaSpec.of(theta);

  @Test
  void holdsThetaAndTheCountAndNothingElse() {
    ProxyUpdate update = ProxyUpdate.of(3, 7, 120, theta, allowed);
    assertThat(update.tensors()).isEqualTo(theta);
    assertThat(update.bytes()).isEqualTo(allowed.bytes());
    assertThat(update.numExamples()).isEqualTo(120);
  }

  @Test
  void refusesATensorOutsideTheWhitelist() {
    theta.put("model.layers.0.self_attn.q_proj.weight", theta.get(NAME));
    assertRefused(
        "edge device 7, round 3 refused: tensor 'model.layers.0.self_attn.q_proj.weight' is not part of θ");
  }

  @Test
  void refusesTheDomainAdapter() {
    theta.put("domain_adapter.layers.0.down.weight", theta.get(NAME));
    assertRefused("domain_adapter.layers.0.down.weight");
  }

  @Test
  void refusesAMissingTensor() {
    theta.remove(NAME);
    assertRefused("'" + NAME + "' is missing");
  }

  @Test
  void refusesAnotherShape() {
    theta.put(NAME, HostTensor.wrap(new long[] {3, 9}, new float[27]));
    assertRefused("shape [3, 9], expected [9, 3]");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void refusesValuesThatAreNotFinite(float value) {
    float[] values = theta.get(NAME).toFloats();
    values[5] = value;
    theta.put(NAME, HostTensor.wrap(new long[] {9, 3}, values));
    assertRefused("holds %s at index 5".formatted(value));
  }

  @Test
  void refusesNegativeCounts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProxyUpdate.of(3, 7, -1, theta, allowed))
        .withMessageContaining("-1");
  }

  @Test
  void doesNotFollowLaterChangesOfItsSource() {
    ProxyUpdate update = ProxyUpdate.of(3, 7, 1, theta, allowed);
    theta.clear();
    assertThat(update.bytes()).isEqualTo(allowed.bytes());
  }

  @Test
  void survivesSerialization() {
    ProxyUpdate update = ProxyUpdate.of(3, 7, 120, theta, allowed);
    ProxyUpdate copy = Serialization.roundTrip(update);
    assertThat(copy).isEqualTo(update).hasSameHashCodeAs(update);
    copy.requireWithin(Serialization.roundTrip(allowed));
  }

  private void assertRefused(String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProxyUpdate.of(3, 7, 120, theta, allowed))
        .withMessageContaining(message);
  }
}
