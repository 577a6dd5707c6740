package org.coplms.proxy.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RougeLTest {
  private static final String REFERENCE = "The quick brown fox jumps over the lazy dog";
  private static final String PREDICTION = "The quick brown dog jumps on the log.";

  @Test
  void agreesWithRougeScoreOnTheFox() {
    RougeL score = RougeL.of(PREDICTION, REFERENCE);
    assertThat(score.precision()).isEqualTo(0.625);
    assertThat(score.recall()).isCloseTo(5 / 9.0, within(1e-12));
    assertThat(score.f1()).isCloseTo(0.588235, within(5e-7));
  }

  @Test
  void swapsPrecisionAndRecallWithItsArguments() {
    RougeL forth = RougeL.of(PREDICTION, REFERENCE);
    RougeL back = RougeL.of(REFERENCE, PREDICTION);
    assertThat(back.precision()).isEqualTo(forth.recall());
    assertThat(back.recall()).isEqualTo(forth.precision());
    assertThat(back.f1()).isCloseTo(forth.f1(), within(1e-15));
  }

  @ParameterizedTest
  @CsvSource({
    "'seventeen may 2031', 'Seventeen May, 2031!', 1",
    "'a b c d', 'd c b a', 0.25",
    "'a', 'b', 0",
    "'a a a', 'a', 0.5",
    "'17 mai 2031', '17 juin 2031', 0.6666666666666666",
    "'août', 'aout', 0",
    "'août', 'AOÛT', 1",
    "'trente-deux', 'trente deux', 1",
  })
  void scoresTokensInOrder(String prediction, String reference, double f1) {
    assertThat(RougeL.of(prediction, reference).f1()).isCloseTo(f1, within(1e-15));
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "'', 'a'", "'a', ''", "'?!', 'a'", "'東京', '東京'"})
  void scoresZeroWithoutTokens(String prediction, String reference) {
    assertThat(RougeL.of(prediction, reference)).isEqualTo(new RougeL(0, 0, 0));
  }

  @Test
  void takesTheBestReference() {
    assertThat(RougeL.f1("sept mille", List.of("huit", "sept mille", "mille"))).isEqualTo(1);
  }

  @Test
  void needsAReference() {
    assertThatIllegalArgumentException().isThrownBy(() -> RougeL.f1("a", List.of()));
  }
}
