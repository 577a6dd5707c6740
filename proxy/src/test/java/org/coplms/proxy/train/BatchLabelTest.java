package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.util.List;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchLabelTest {
  private static final BatchLabel LABEL =
      new BatchLabel("SAML", 3, List.of("a", "b", "c", "d", "e", "f", "g"));

  @Test
  void fiveExamplesAtMostAreNamed() {
    assertThat(LABEL).hasToString("SAML, batch 3 (examples a, b, c, d, e and 2 more)");
    assertThat(new BatchLabel("DST", 1, List.of("x"))).hasToString("DST, batch 1 (examples x)");
  }

  @Test
  void aFiniteLossPassesWithItsValue() {
    assertThat(finite(1.5f)).isEqualTo(1.5);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aLossThatIsNotFiniteIsRefusedByNameAndBatch(float value) {
    assertThatThrownBy(() -> finite(value))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageStartingWith(LABEL + ": slm-ce is " + value);
  }

  @Test
  void divergenceIsNamedOnceAndOtherFailuresPass() {
    TrainingDivergedException cause = new TrainingDivergedException("Gradient norm is NaN");
    assertThatThrownBy(() -> LABEL.guard(() -> LABEL.guard(() -> fail(cause))))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessage(LABEL + ": Gradient norm is NaN")
        .hasCause(cause);
    IllegalStateException other = new IllegalStateException("other");
    assertThatThrownBy(() -> LABEL.guard(() -> fail(other))).isSameAs(other);
  }

  private static int fail(RuntimeException e) {
    throw e;
  }

  private static double finite(float value) {
    Torch.beginTask(1);
    try (NDManager manager = Torch.newManager(Torch.defaultDevice())) {
      return LABEL.finite("slm-ce", manager.create(value));
    }
  }
}
