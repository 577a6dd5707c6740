package org.coplms.proxy.mutual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObjectiveTest {
  private NDManager manager;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void theSquaredTemperatureMultipliesTheDivergenceAlone() {
    // 0.7 · 5 + 0.3 · 4 · 2
    assertThat((double) mix(5, 2, 0.3, 2)).isCloseTo(5.9, within(1e-6));
  }

  @Test
  void theWeightGoesFromCrossEntropyToDivergence() {
    assertThat(mix(5, 2, 0, 3)).isEqualTo(5);
    assertThat(mix(5, 2, 1, 3)).isEqualTo(18);
  }

  @Test
  void gradientsAreTheWeights() {
    NDArray crossEntropy = manager.create(5f).duplicate();
    NDArray kl = manager.create(2f).duplicate();
    crossEntropy.setRequiresGradient(true);
    kl.setRequiresGradient(true);
    Torch.backward(Torch.recording(() -> Objective.mix(crossEntropy, kl, 0.3, 2)));
    assertThat((double) crossEntropy.getGradient().getFloat()).isCloseTo(0.7, within(1e-6));
    assertThat((double) kl.getGradient().getFloat()).isCloseTo(1.2, within(1e-6));
  }

  private float mix(float crossEntropy, float kl, double lambda, double temperature) {
    return Objective.mix(manager.create(crossEntropy), manager.create(kl), lambda, temperature)
        .getFloat();
  }
}
