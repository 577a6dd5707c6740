package org.coplms.proxy.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.coplms.proxy.metric.PairedBootstrap.Comparison;
import org.coplms.proxy.metric.PairedBootstrap.Pair;
import org.coplms.proxy.metric.PairedBootstrap.Stratum;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {
  private static final PairedBootstrap BOOTSTRAP = PairedBootstrap.withDefaults(7);

  @Test
  void sameSeedGivesSameBitsAndAnotherSeedNearlyTheSame() {
    List<Pair> pairs = coinFlips(200, 0.6);
    Comparison comparison = BOOTSTRAP.compare(pairs);
    assertThat(PairedBootstrap.withDefaults(7).compare(pairs)).isEqualTo(comparison);
    Comparison other = PairedBootstrap.withDefaults(8).compare(pairs);
    assertThat(other.gain()).isEqualTo(comparison.gain());
    assertThat(other.low()).isCloseTo(comparison.low(), within(1.0));
  }

  /** Gains of 0 or 100 with share 0.6: standard error 100 √(0.6 · 0.4 / 1000) = 1.549. */
  @Test
  void intervalIsTheNormalOneForManyExamples() {
    List<Pair> pairs =
        IntStream.range(0, 1000).mapToObj(i -> new Pair("en", i % 5 < 3 ? 100 : 0, 0)).toList();
    Comparison comparison = BOOTSTRAP.compare(pairs);
    assertThat(comparison.gain()).isEqualTo(60);
    assertThat(comparison.low()).isCloseTo(60 - 1.96 * 1.549, within(0.15));
    assertThat(comparison.high()).isCloseTo(60 + 1.96 * 1.549, within(0.15));
  }

  @Test
  void domainsKeepTheirShareInEveryResample() {
    List<Pair> pairs =
        IntStream.range(0, 100)
            .mapToObj(i -> i % 2 == 0 ? new Pair("de", 100, 0) : new Pair("fr", 40, 50))
            .toList();
    Comparison comparison = BOOTSTRAP.compare(pairs);
    assertThat(comparison.low()).isEqualTo(comparison.high()).isEqualTo(45);
    assertThat(comparison.baseline()).isEqualTo(25);
    assertThat(comparison.relativeGain()).isEqualTo(1.8);
  }

  @Test
  void aClearGainIsSignificantAndNoGainIsNot() {
    assertThat(BOOTSTRAP.compare(coinFlips(400, 0.6)).pValue()).isLessThan(0.001);
    Comparison none = BOOTSTRAP.compare(List.of(new Pair("en", 50, 50), new Pair("en", 1, 1)));
    assertThat(none).isEqualTo(new Comparison(25.5, 0, 0, 0, 1));
  }

  /** Under no difference a 95 % interval misses 0 about once in 20. */
  @Test
  void coversTheTruthAsOftenAsItSays() {
    SplittableRandom random = new SplittableRandom(11);
    int covered = 0;
    for (int trial = 0; trial < 400; trial++) {
      List<Pair> pairs =
          IntStream.range(0, 60)
              .mapToObj(i -> new Pair("d" + i % 3, random.nextDouble(), random.nextDouble()))
              .toList();
      Comparison comparison = new PairedBootstrap(400, 0.95, trial).compare(pairs);
      covered += comparison.low() <= 0 && comparison.high() >= 0 ? 1 : 0;
    }
    assertThat(covered).isBetween(364, 392); // 380 expected, standard deviation 4.4
  }

  @Test
  void swappingTheModelsMirrorsTheGain() {
    List<Pair> pairs = coinFlips(50, 0.55);
    List<Pair> swapped =
        pairs.stream().map(p -> new Pair(p.domain(), p.baseline(), p.score())).toList();
    Comparison forth = BOOTSTRAP.compare(pairs);
    Comparison back = BOOTSTRAP.compare(swapped);
    assertThat(back.gain()).isEqualTo(-forth.gain());
    assertThat(back.low()).isCloseTo(-forth.high(), within(1e-9));
    assertThat(back.pValue()).isEqualTo(forth.pValue());
  }

  /** By hand: 4 · .005, 3 · .01, 2 · .03, then 1 · .04 raised to the value before it. */
  @Test
  void holmStepsDown() {
    List<Double> adjusted = PairedBootstrap.holm(List.of(.01, .04, .03, .005));
    double[] expected = {.03, .06, .06, .02};
    for (int i = 0; i < expected.length; i++) {
      assertThat(adjusted.get(i)).isCloseTo(expected[i], within(1e-12));
    }
    assertThat(PairedBootstrap.holm(List.of(.9, .8))).containsExactly(1.0, 1.0);
    assertThat(PairedBootstrap.holm(List.of())).isEmpty();
  }

  /** Two devices of 10 and 90 examples count alike: (100 + 0) / 2, where all alike give 10. */
  @Test
  void sharesMakeAMacroMean() {
    Stratum small = constant(0.5, 10, 100);
    Stratum large = constant(0.5, 90, 0);
    assertThat(BOOTSTRAP.compareStrata(Set.of(small, large)).gain()).isEqualTo(50);
    List<Pair> pairs =
        IntStream.range(0, 100)
            .mapToObj(i -> new Pair(i < 10 ? "small" : "large", i < 10 ? 100 : 0, 0))
            .toList();
    assertThat(BOOTSTRAP.compare(pairs).gain()).isEqualTo(10);
  }

  @Test
  void sharesOfTheirSizesGiveTheBitsOfPlainPairs() {
    List<Pair> pairs = coinFlips(120, 0.6);
    List<Stratum> strata =
        IntStream.range(0, 4)
            .mapToObj(d -> pairs.stream().filter(p -> p.domain().equals("d" + d)).toList())
            .map(
                domain ->
                    new Stratum(
                        domain.size() / 120.0,
                        domain.stream().map(Pair::score).toList(),
                        domain.stream().map(Pair::baseline).toList()))
            .toList();
    assertThat(BOOTSTRAP.compareStrata(strata)).isEqualTo(BOOTSTRAP.compare(pairs));
  }

  /** Half the weight on 25 coin flips, half on 400: √(.25 · 2500/25 + .25 · 2500/400) = 5.15. */
  @Test
  void aSmallDeviceWidensTheInterval() {
    Comparison comparison = BOOTSTRAP.compareStrata(Set.of(flips(0.5, 25), flips(0.5, 400)));
    double error = Math.sqrt(0.25 * 2500 * (24 * 26 / 625.0) / 25 + 0.25 * 2500 / 400);
    assertThat(comparison.high() - comparison.low()).isCloseTo(2 * 1.96 * error, within(0.6));
  }

  @Test
  void refusesStrataThatAreNoMean() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BOOTSTRAP.compareStrata(Set.of(constant(0.6, 3, 1))))
        .withMessageContaining("0.6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Stratum(1, List.of(1.0, 2.0), List.of(1.0)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Stratum(1, List.of(), List.of()));
  }

  @Test
  void refusesNothingToCompare() {
    assertThatIllegalArgumentException().isThrownBy(() -> BOOTSTRAP.compare(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> BOOTSTRAP.compareStrata(Set.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> new PairedBootstrap(0, 0.95, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new PairedBootstrap(10, 1, 1));
  }

  private static Stratum constant(double share, int examples, double score) {
    return new Stratum(
        share, Collections.nCopies(examples, score), Collections.nCopies(examples, 0.0));
  }

  private static Stratum flips(double share, int examples) {
    return new Stratum(
        share,
        IntStream.range(0, examples).mapToObj(i -> i % 2 == 0 ? 100.0 : 0.0).toList(),
        Collections.nCopies(examples, 0.0));
  }

  private static List<Pair> coinFlips(int examples, double share) {
    SplittableRandom random = new SplittableRandom(3);
    return IntStream.range(0, examples)
        .mapToObj(
            i ->
                new Pair(
                    "d" + i % 4,
                    random.nextDouble() < share ? 100 : 0,
                    random.nextDouble() < 1 - share ? 100 : 0))
        .toList();
  }
}
