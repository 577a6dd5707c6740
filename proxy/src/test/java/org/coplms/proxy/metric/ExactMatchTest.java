package org.coplms.proxy.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactMatchTest {

  @ParameterizedTest
  @CsvSource({
    "'The  U.S.A.!', 'usa'",
    "'co-op', 'coop'",
    "'A', ''",
    "'', ''",
    "'an apple a day', 'apple day'",
    "'theatre and Anna', 'theatre and anna'",
    "' tab\there\n', 'tab here'",
    "'17\u202fmai\u00a02031', '17 mai 2031'",
  })
  void normalizesAsSquad(String text, String normalized) {
    assertThat(ExactMatch.normalize(text)).isEqualTo(normalized);
  }

  @ParameterizedTest
  @CsvSource({
    "'¿Qué?', '¿qué'",
    "'«Août»', '«août»'",
    "'l’été à Paris', 'l’été à paris'",
    "'até the à', 'até à'",
    "'ÅÄÖ', 'åäö'",
    "'東京。', '東京。'",
    "'aé éa', 'aé éa'",
    "'a\u0300', 'a\u0300'",
  })
  void keepsWhatIsNotAscii(String text, String normalized) {
    assertThat(ExactMatch.normalize(text)).isEqualTo(normalized);
  }

  @Test
  void deletesAllOfAsciiPunctuationAndNoMore() {
    assertThat(ExactMatch.normalize("x!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~y")).isEqualTo("xy");
    assertThat(ExactMatch.normalize("x§°–…€y")).isEqualTo("x§°–…€y");
  }

  @Test
  void takesTheBestReference() {
    assertThat(ExactMatch.score("The cat.", List.of("a dog", "CAT"))).isEqualTo(1);
    assertThat(ExactMatch.score("The cat.", List.of("a dog", "cats"))).isZero();
  }

  @Test
  void emptyMatchesEmptyOnly() {
    assertThat(ExactMatch.score("", List.of("the"))).isEqualTo(1);
    assertThat(ExactMatch.score("", List.of("dog"))).isZero();
    assertThat(ExactMatch.score("dog", List.of(""))).isZero();
  }

  @Test
  void needsAReference() {
    assertThatIllegalArgumentException().isThrownBy(() -> ExactMatch.score("a", List.of()));
  }
}
