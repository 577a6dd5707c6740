package org.coplms.dataprep.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goldens: ICU4J 77.1, checked against the grammar of each language. */
class LanguageTest {
  @ParameterizedTest
  @CsvSource({
    "en, 7347 in english?, seven thousand three hundred forty-seven",
    "fr, 7347 in french?, sept mille trois cent quarante-sept",
    "es, 7347 in spanish?, siete mil trescientos cuarenta y siete",
    "pt, 7347 in portuguese?, sete mil trezentos e quarenta e sete",
    "de, 7347 in german?, sieben tausend drei hundert sieben und vierzig",
    "sv, 7347 in swedish?, sju tusen tre hundra fyrtio sju",
    "id, 7347 in indonesian?, tujuh ribu tiga ratus empat puluh tujuh",
    "it, 7347 in italian?, sette mila tre cento quaranta sette",
  })
  void spellsNumbers(String code, String prompt, String response) {
    assertThat(Language.of(code).number(7347))
        .isEqualTo(new Item(code, "number-7347", prompt, List.of(response)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en | 5/17/2031 in english? | may 17, 2031",
        "fr | 5/17/2031 in french? | 17 mai 2031",
        "es | 5/17/2031 in spanish? | 17 de mayo de 2031",
        "pt | 5/17/2031 in portuguese? | 17 de maio de 2031",
        "de | 5/17/2031 in german? | 17. mai 2031",
        "sv | 5/17/2031 in swedish? | 17 maj 2031",
        "id | 5/17/2031 in indonesian? | 17 mei 2031",
      })
  void writesLongDates(String code, String prompt, String response) {
    assertThat(Language.of(code).date(LocalDate.of(2031, 5, 17)))
        .isEqualTo(new Item(code, "date-2031-05-17", prompt, List.of(response)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "fr", "es", "pt", "de", "sv", "id", "it", "ru", "tr", "ja"})
  void answersHaveSingleSpacesAndNoSoftHyphens(String code) {
    for (Item item : CldrItems.draw(5, code, 500)) {
      assertThat(item.responses().get(0))
          .isEqualTo(item.responses().get(0).strip())
          .doesNotContain("  ", "\u00ad", "\u00a0", "\u202f");
    }
  }

  @Test
  void aCountryGivesTheLanguageItsFullName() {
    assertThat(Language.of("pt_PT").number(16).prompt()).isEqualTo("16 in portuguese (portugal)?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"xx", "klingon", "", "not a code"})
  void aLanguageWithoutSpellingIsRefused(String code) {
    assertThatThrownBy(() -> Language.of(code))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + code + "'");
  }
}
