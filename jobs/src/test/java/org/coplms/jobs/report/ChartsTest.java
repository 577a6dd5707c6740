package org.coplms.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
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

  @Test
  void namesAtTheEndsOfLinesKeepApartInTheOrderOfTheLines() {
    List<Series> series =
        IntStream.range(0, 12).mapToObj(i -> series("m" + i, 10, 50 + i / 5.0)).toList();
    LineChart chart =
        LineChart.labelled("t", CurveCatalog.ANY, series, IntStream.range(0, 12).boxed().toList());
    assertThat(chart.crowded()).isFalse();
    assertThat(chart.labels()).extracting(EndLabel::text).startsWith("m11", "m10").endsWith("m0");
    for (int i = 1; i < 12; i++) {
      assertThat(chart.labels().get(i).y() - chart.labels().get(i - 1).y())
          .isGreaterThanOrEqualTo(13.9);
    }
    assertThat(chart.labels())
        .allMatch(l -> l.y() >= chart.frame().top() && l.y() <= chart.frame().bottom());
  }

  @Test
  void namesOfTheLowestLinesStayInsideTheDrawing() {
    List<Series> series = IntStream.range(0, 6).mapToObj(i -> series("m" + i, 90, 0)).toList();
    LineChart chart =
        LineChart.labelled("t", CurveCatalog.ANY, series, IntStream.range(0, 6).boxed().toList());
    assertThat(chart.labels().get(5).y()).isEqualTo(chart.frame().bottom());
    assertThat(chart.labels().get(0).y()).isEqualTo(chart.frame().bottom() - 5 * 14);
  }

  @Test
  void aSizeOfZeroStandsApartFromTheLogarithmicScale() {
    ScatterChart chart =
        scatter(point("none", 0, 50), point("small", 1000, 60), point("large", 1e6, 70));
    assertThat(chart.zero()).containsExactly(chart.marks().get(0).x());
    assertThat(chart.marks().get(0).x()).isLessThan(chart.axisFrom());
    assertThat(chart.marks().get(1).x()).isEqualTo(chart.axisFrom());
    assertThat(chart.marks().get(2).x()).isEqualTo(chart.frame().right());
    assertThat(chart.marks().get(2).anchor()).isEqualTo("end");
    assertThat(chart.marks().get(1).top()).isLessThan(chart.marks().get(1).y());
    assertThat(scatter(point("only", 0, 50)).sizeTicks()).isEmpty();
  }

  @Test
  void namesOfPointsAtOnePlaceDiffer() {
    ScatterChart chart = scatter(point("first", 1000, 50), point("other", 1000, 50));
    ScatterChart.Mark first = chart.marks().get(0);
    ScatterChart.Mark other = chart.marks().get(1);
    assertThat(
            first.anchor().equals(other.anchor()) && Math.abs(first.nameY() - other.nameY()) < 11)
        .isFalse();
  }

  private static ScatterChart scatter(ScatterChart.Point... points) {
    return ScatterChart.of("title", "unit", "bytes", List.of(points), Display::bytes);
  }

  private static ScatterChart.Point point(String name, double size, double score) {
    return new ScatterChart.Point(
        name, size, score, OptionalDouble.of(score - 2), OptionalDouble.of(score + 2), 0);
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
