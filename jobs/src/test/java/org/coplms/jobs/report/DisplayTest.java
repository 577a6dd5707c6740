package org.coplms.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DisplayTest {
  @Test
  void writesScoresWithOneDecimalAndPointsWithASign() {
    assertThat(Display.score(51.66)).isEqualTo("51.7");
    assertThat(Display.score(-0.04)).isEqualTo("0.0");
    assertThat(Display.points(41.26)).isEqualTo("+41.3");
    assertThat(Display.points(-1.2)).isEqualTo("−1.2");
    assertThat(Display.points(0.04)).isEqualTo("0.0");
    assertThat(Display.points(Double.NaN)).isEqualTo("not finite");
  }

  @Test
  void writesMarginsIntervalsAndProbabilities() {
    assertThat(Display.finePoints(5.384)).isEqualTo("+5.38");
    assertThat(Display.finePoints(-5.384)).isEqualTo("−5.38");
    assertThat(Display.finePoints(-0.001)).isEqualTo("0.00");
    assertThat(Display.interval(-1.25, 3)).isEqualTo("−1.3 to 3.0");
    assertThat(Display.pValue(0.0002)).isEqualTo("< 0.001");
    assertThat(Display.pValue(0.0428)).isEqualTo("0.043");
  }

  @Test
  void leavesOutARelativeGainOverZero() {
    assertThat(Display.relative(10, 40)).isEqualTo("+25.0 %");
    assertThat(Display.relative(10, 0)).isEmpty();
  }

  @Test
  void writesLossesWithThreeSignificantDigits() {
    assertThat(Display.significant(1.23456)).isEqualTo("1.23");
    assertThat(Display.significant(0.0012345)).isEqualTo("0.00123");
    assertThat(Display.significant(0.00000123)).isEqualTo("1.23e-06");
    assertThat(Display.significant(12345)).isEqualTo("12,345");
    assertThat(Display.significant(0)).isEqualTo("0");
    assertThat(Display.tick(0.500)).isEqualTo("0.5");
    assertThat(Display.tick(100)).isEqualTo("100");
  }

  @Test
  void writesBytesInDecimalUnits() {
    assertThat(Display.bytes(999)).isEqualTo("999 B");
    assertThat(Display.bytes(1000)).isEqualTo("1.0 kB");
    assertThat(Display.bytes(999_960)).isEqualTo("1.0 MB");
    assertThat(Display.bytes(3_145_728)).isEqualTo("3.1 MB");
    assertThat(Display.tickBytes(10_000_000)).isEqualTo("10 MB");
  }

  @Test
  void writesTimesInTheUnitThatFits() {
    assertThat(Display.seconds(118.24)).isEqualTo("118.2 s");
    assertThat(Display.seconds(754)).isEqualTo("12 min 34 s");
    assertThat(Display.seconds(7500)).isEqualTo("2 h 5 min");
  }
}
