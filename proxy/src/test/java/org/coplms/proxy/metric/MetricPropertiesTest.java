package org.coplms.proxy.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;

/** Random texts, of any characters and of a few words that often coincide. */
class MetricPropertiesTest {
  private static final String SEED = "20251122";

  @Property(seed = SEED, tries = 500)
  void rougeIsSymmetricAndWithinItsBounds(
      @ForAll @Chars({'a', 'b', 'c', ' '}) String prediction,
      @ForAll @Chars({'a', 'b', 'c', ' '}) String reference) {
    RougeL score = RougeL.of(prediction, reference);
    RougeL swapped = RougeL.of(reference, prediction);
    assertThat(score.f1()).isBetween(0.0, 1.0).isCloseTo(swapped.f1(), within(1e-15));
    assertThat(score.precision()).isBetween(0.0, 1.0).isEqualTo(swapped.recall());
    assertThat(score.f1())
        .isBetween(
            Math.min(score.precision(), score.recall()) - 1e-15,
            Math.max(score.precision(), score.recall()) + 1e-15);
  }

  @Property(seed = SEED, tries = 500)
  void rougeOfATextWithItselfIsOneIfItHasAToken(@ForAll String text) {
    boolean hasToken = text.toLowerCase(Locale.ROOT).chars().anyMatch(c -> isToken((char) c));
    assertThat(RougeL.of(text, text).f1()).isEqualTo(hasToken ? 1 : 0);
  }

  @Property(seed = SEED, tries = 500)
  void anotherReferenceNeverLowersAScore(
      @ForAll @CharRange(from = 'a', to = 'e') String prediction,
      @ForAll @CharRange(from = 'a', to = 'e') String first,
      @ForAll @CharRange(from = 'a', to = 'e') String second) {
    List<String> both = List.of(first, second);
    assertThat(RougeL.f1(prediction, both))
        .isGreaterThanOrEqualTo(RougeL.f1(prediction, List.of(first)));
    assertThat(ExactMatch.score(prediction, both))
        .isGreaterThanOrEqualTo(ExactMatch.score(prediction, List.of(second)));
  }

  @Property(seed = SEED, tries = 1000)
  void normalizingTwiceChangesNothing(@ForAll String text) {
    String once = ExactMatch.normalize(text);
    assertThat(ExactMatch.normalize(once)).isEqualTo(once);
    assertThat(ExactMatch.score(text, List.of(once))).isEqualTo(1);
  }

  private static boolean isToken(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
