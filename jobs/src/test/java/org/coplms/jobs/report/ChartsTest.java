package org.coplms.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.coplms.jobs.report.LineChart.Series;
import org.junit.jupiter.api.Test;

class ChartsTest {
  @Test
  void linearAxisCoversTheDataWithRoundTicks() {
    Axis axis = Axis.linear(0, 73, 4);
    assertThat(axis.ticks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0);
    assertThat(axis.fraction(40)).isEqualTo(0.5);
    assertThat(Axis.linear(3, 3, 4).fraction(3)).isBetween(0.0, 1.0);
  }

  @Test
  void logarithmicAxisHasPowersOfTen() {
    Axis axis = Axis.logarithmic(1500, 2_000_000);
    assertThat(axis.ticks()).hasSize(5).startsWith(1000.0).endsWith(1e7);
    assertThat(axis.fraction(1e5)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void roundAxisTicksAreMultiplesOfTheirStep() {
    assertThat(Axis.whole(1, 5, 10).ticks()).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0);
    assertThat(Axis.whole(1, 40, 10).ticks()).startsWith(5.0, 10.0).endsWith(40.0);
    assertThat(Axis.whole(3, 3, 10).fraction(3)).isEqualTo(0.5);
  }

  @Test
  void valuesThatAreNotFiniteInterruptTheLine() {
    LineChart chart = chart(List.of(series("Device 0", 1, Double.NaN, 3, 4)));
    LineChart.Line line = chart.lines().get(0);
    assertThat(line.path().chars().filter(c -> c == 'M').count()).isEqualTo(2);
    assertThat(line.path()).doesNotContain("NaN");
    assertThat(line.marks()).hasSize(3);
    assertThat(chart.table().get(2)).containsExactly("2", "not finite");
  }

  @Test
  void manyLinesAreDrawnAlikeWithTheirMean() {
    List<Series> series =
        IntStream.range(0, 12).mapToObj(i -> series("Device " + i, i, i + 1)).toList();
    LineChart chart = chart(series);
    assertThat(chart.crowded()).isTrue();
    assertThat(chart.lines()).hasSize(13);
    assertThat(chart.table().get(1)).endsWith("5.50");
  }

  @Test
  void aSingleRoundIsDrawnAsAMark() {
    LineChart chart = chart(List.of(series("LLM", 50)));
    assertThat(chart.lines().get(0).marks()).hasSize(1);
    assertThat(chart.roundTicks()).extracting(LineChart.Tick::label).containsExactly("1");
  }

  private static LineChart chart(List<Series> series) {
    return LineChart.of("title", CurveCatalog.ANY, series);
  }

  private static Series series(String name, double... values) {
    SortedMap<Integer, Double> byRound = new TreeMap<>();
    for (int i = 0; i < values.length; i++) {
      byRound.put(i + 1, values[i]);
    }
    return new Series(name, byRound);
  }
}
