package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CosineScheduleTest {
  private static final double PEAK = 0.4;

  @Test
  void fallsAlongHalfACosineToItsFinalShare() {
    CosineSchedule schedule = new CosineSchedule(0, 0.1);
    assertThat(schedule.at(PEAK, 0, 0)).isEqualTo(PEAK);
    assertThat(schedule.at(PEAK, 50, 0.5)).isCloseTo(PEAK * 0.55, within(1e-12));
    assertThat(schedule.at(PEAK, 100, 1)).isCloseTo(PEAK * 0.1, within(1e-12));
    assertThat(schedule.at(PEAK, 200, 2)).isEqualTo(schedule.at(PEAK, 100, 1));
  }

  @Test
  void climbsInEqualStepsFirst() {
    CosineSchedule schedule = new CosineSchedule(4, 1);
    assertThat(schedule.at(PEAK, 0, 0)).isCloseTo(PEAK / 4, within(1e-12));
    assertThat(schedule.at(PEAK, 1, 0)).isCloseTo(PEAK / 2, within(1e-12));
    assertThat(schedule.at(PEAK, 3, 0)).isEqualTo(PEAK);
    assertThat(schedule.at(PEAK, 9, 0.9)).isEqualTo(PEAK);
  }

  @Test
  void theConfigurationsRateFollowsItsSchedule() {
    OptimizerConfig config = new OptimizerConfig(PEAK, 0, 1, 2, 0.5);
    assertThat(config.learningRateAt(0, 0)).isCloseTo(PEAK / 2, within(1e-12));
    assertThat(config.learningRateAt(9, 1)).isCloseTo(PEAK / 2, within(1e-12));
  }

  @Test
  void impossibleSettingsAreNamed() {
    assertThatThrownBy(() -> new OptimizerConfig(-1, 0, 1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The learning rate must be > 0, got -1.0");
    assertThatThrownBy(() -> new OptimizerConfig(1, 0, Double.NaN, 0, 0))
        .hasMessageContaining("clip norm");
    assertThatThrownBy(() -> new OptimizerConfig(1, 0, 1, 0, 1.5))
        .hasMessageContaining("final fraction");
  }
}
