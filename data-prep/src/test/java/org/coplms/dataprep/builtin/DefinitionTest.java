package org.coplms.dataprep.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bitter brown seed containing caffein; source of cola extract"
            + " | bitter brown seed containing caffein",
        "(botany) a plant hormone promoting growth | a plant hormone promoting growth",
        "a stout (often padded) glove worn by boxers; \"he laced his gloves\""
            + " | a stout glove worn by boxers",
        "a lizard (of (mostly) deserts) , small and fast | a lizard, small and fast",
        "a drink made of rum \"strong grog\" | a drink made of rum",
      })
  void theFirstClauseIsKept(String gloss, String definition) {
    assertThat(Definition.of(gloss)).hasValue(definition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a small dog",
        "a very long tale of one two three four five six seven eight nine",
        "having a taste of bitter almonds",
        "the accessories that normally accompany (something)",
        "a tree with nuts containing e.g. caffeine",
        "a person who lives in in a city",
        "`a' is the first letter of it",
        "a shrub found mostly in the",
        "(ethnic slur) an offensive word for a person",
      })
  void whatIsNoPlainPhraseIsNotAskedFor(String gloss) {
    assertThat(Definition.of(gloss)).isEmpty();
  }

  @Test
  void lengthIsBoundedInWordsAndCharacters() {
    String twelve = "a dog so old so old so old so old so old";
    assertThat(Definition.of(twelve)).hasValue(twelve);
    assertThat(Definition.of(twelve + " too")).isEmpty();
    assertThat(Definition.of("a dog of " + "x".repeat(Definition.MOST_CHARACTERS - 9))).isPresent();
    assertThat(Definition.of("a dog of " + "x".repeat(Definition.MOST_CHARACTERS - 8))).isEmpty();
  }
}
