package org.coplms.proxy.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScoresTest {

  @Test
  void meansAreInPercentOfTheBestReference() {
    ScoreSum sum =
        ScoreSum.of(
                "The quick brown dog jumps on the log.",
                List.of("x", "The quick brown fox jumps over the lazy dog"))
            .plus(ScoreSum.of("Sept mille.", List.of("sept mille")));
    Scores scores = sum.mean();
    assertThat(scores.rougeL()).isCloseTo((100 * 10.0 / 17 + 100) / 2, within(1e-8));
    assertThat(scores.exactMatch()).isEqualTo(50);
    assertThat(scores.examples()).isEqualTo(2);
  }

  @Test
  void perfectAnswersScoreExactlyOneHundred() {
    ScoreSum sum = ScoreSum.ZERO;
    for (int i = 0; i < 999; i++) {
      sum = sum.plus(ScoreSum.of("a b", List.of("a b")));
    }
    assertThat(sum.mean()).isEqualTo(new Scores(100, 100, 999));
  }

  @Test
  void orderAndPartitionsLeaveEveryBitAlone() {
    SplittableRandom values = new SplittableRandom(1);
    List<ScoreSum> examples = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      examples.add(ScoreSum.of(values.nextDouble(), values.nextInt(2)));
    }
    Scores expected = sum(examples).mean();
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(examples, new Random(i));
      int cut = values.nextInt(500);
      ScoreSum parts = sum(examples.subList(cut, 500)).plus(sum(examples.subList(0, cut)));
      assertThat(parts.mean()).isEqualTo(expected);
    }
  }

  @Test
  void noExamplesScoreZero() {
    assertThat(ScoreSum.ZERO.mean()).isEqualTo(new Scores(0, 0, 0));
    assertThat(Scores.macro(List.of())).isEqualTo(new Scores(0, 0, 0));
    assertThat(Scores.micro(List.of())).isEqualTo(new Scores(0, 0, 0));
  }

  @Test
  void macroCountsDevicesAlikeAndMicroTheirExamples() {
    List<Scores> devices =
        List.of(new Scores(20, 10, 30), new Scores(60, 50, 10), new Scores(0, 0, 0));
    assertThat(Scores.macro(devices)).isEqualTo(new Scores(40, 30, 40));
    assertThat(Scores.micro(devices)).isEqualTo(new Scores(30, 20, 40));
  }

  @Test
  void refusesScoresOutOfRange() {
    for (double bad : new double[] {-0.1, 1.1, Double.NaN, 58.8}) {
      assertThatIllegalArgumentException().isThrownBy(() -> ScoreSum.of(bad, 0));
      assertThatIllegalArgumentException().isThrownBy(() -> ScoreSum.of(0, bad));
    }
  }

  private static ScoreSum sum(List<ScoreSum> examples) {
    return examples.stream().reduce(ScoreSum.ZERO, ScoreSum::plus);
  }
}
