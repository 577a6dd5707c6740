package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.data.Offset;
import org.coplms.dataprep.PreparationException;
import org.junit.jupiter.api.Test;

class MixturePlanTest {
  private static final CldrSpec BENCHMARK = CldrSpec.benchmark(150);

  @Property(tries = 30)
  void mixturesKeepTheDeviceOnlyShareAndItsSpread(@ForAll long seed) {
    double[][] mixtures =
        new MixturePlan(new PrepareSpec(seed, BENCHMARK, 4, 0.7), BENCHMARK).mixtures();
    for (double[] mixture : mixtures) {
      assertThat(Arrays.stream(mixture, 0, 4).sum()).isCloseTo(0.35, Offset.offset(1e-9));
      assertThat(Arrays.stream(mixture, 4, 7).sum()).isCloseTo(0.65, Offset.offset(1e-9));
    }
    for (int language = 4; language < 7; language++) {
      int column = language;
      assertThat(Arrays.stream(mixtures).filter(mixture -> mixture[column] > 0.10).count())
          .isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void anImpossibleSpreadIsOneClearError() {
    CldrSpec narrow =
        new CldrSpec(
            BENCHMARK.known(),
            BENCHMARK.deviceOnly(),
            BENCHMARK.perLanguage(),
            BENCHMARK.perDevice(),
            new Mixture(0.2, 2, 0.15));
    assertThatThrownBy(() -> new MixturePlan(new PrepareSpec(1, narrow, 2, 0.7), narrow).plan())
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("[de, sv, id]")
        .hasMessageContaining("lower minShare");
  }

  @Test
  void withoutDeviceOnlyLanguagesTheMixtureIsOfKnownOnes() {
    CldrSpec known =
        new CldrSpec(
            List.of("en", "fr"),
            List.of(),
            BENCHMARK.perLanguage(),
            BENCHMARK.perDevice(),
            new Mixture(0, 2, 0.10));
    double[][] mixtures = new MixturePlan(new PrepareSpec(1, known, 1, 0.7), known).mixtures();
    assertThat(Arrays.stream(mixtures[0]).sum()).isCloseTo(1, Offset.offset(1e-9));
  }
}
