package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TraineeTest {
  // Warm-up of 2 steps under a cosine to a tenth.
  private static final OptimizerConfig CONFIG =
      new OptimizerConfig(0.1, 0, Double.POSITIVE_INFINITY, 2, 0.1);

  private NDManager manager;
  private SortedMap<String, NDArray> parameters;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
    parameters = new TreeMap<>();
    parameters.put("w", manager.create(new float[] {1, 2}).duplicate());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void tensorsAreRecordedInsideTheBodyOnly() {
    try (Trainee trainee = new Trainee(parameters, CONFIG)) {
      boolean inside = trainee.recording(() -> parameters.get("w").hasGradient());
      assertThat(inside).isTrue();
      assertThat(parameters.get("w").hasGradient()).isFalse();
    }
  }

  @Test
  void tensorsAreFrozenAgainWhenTheBodyFails() {
    try (Trainee trainee = new Trainee(parameters, CONFIG)) {
      assertThatThrownBy(
              () ->
                  trainee.recording(
                      () -> {
                        throw new IllegalStateException("body");
                      }))
          .hasMessage("body");
      assertThat(parameters.get("w").hasGradient()).isFalse();
    }
  }

  @Test
  void theLearningRateFollowsStepsAndProgress() {
    try (Trainee trainee = new Trainee(parameters, CONFIG)) {
      // Adam's first steps under a constant gradient move by the learning rate.
      assertThat(moved(trainee, 0)).isCloseTo(0.05, within(1e-5)); // half of the warm-up
      assertThat(moved(trainee, 0)).isCloseTo(0.1, within(1e-5));
      assertThat(moved(trainee, 0.5)).isCloseTo(0.055, within(1e-5));
      assertThat(moved(trainee, 1)).isCloseTo(0.01, within(1e-5));
    }
  }

  @Test
  void theReportedNormIsTheGradients() {
    try (Trainee trainee = new Trainee(parameters, CONFIG)) {
      double norm = trainee.recording(() -> trainee.step(parameters.get("w").square().sum(), 0.0));
      assertThat(norm).isCloseTo(Math.sqrt(2 * 2 + 4 * 4), within(1e-5));
    }
  }

  @Test
  void theGradientOfAPartIsMeasuredWithoutAffectingTheWholes() {
    try (Trainee trainee = new Trainee(parameters, CONFIG)) {
      trainee.recording(
          () -> {
            NDArray part = parameters.get("w").square().sum();
            NDArray whole = part.add(parameters.get("w").sum());
            assertThat(trainee.gradientNorm(part)).isCloseTo(Math.sqrt(20), within(1e-5));
            assertThat(trainee.gradientNorm(part)).isCloseTo(Math.sqrt(20), within(1e-5));
            assertThat(parameters.get("w").toFloatArray()).containsExactly(1, 2);
            assertThat(trainee.step(whole, 0)).isCloseTo(Math.sqrt(9 + 25), within(1e-5));
            return null;
          });
    }
  }

  @Test
  void valuesAreCopies() {
    try (Trainee trainee = new Trainee(parameters, CONFIG)) {
      SortedMap<String, HostTensor> before = trainee.values();
      moved(trainee, 0);
      assertThat(before.get("w").toFloats()).containsExactly(1, 2);
      assertThat(trainee.values()).isNotEqualTo(before);
    }
  }

  private double moved(Trainee trainee, double progress) {
    float before = parameters.get("w").toFloatArray()[0];
    trainee.recording(() -> trainee.step(parameters.get("w").sum(), progress));
    return before - parameters.get("w").toFloatArray()[0];
  }
}
