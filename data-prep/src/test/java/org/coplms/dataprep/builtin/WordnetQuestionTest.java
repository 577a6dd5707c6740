package org.coplms.dataprep.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WordnetQuestionTest {
  private static final Noun BEAGLE =
      noun("animal", "beagle", "a small short-legged smooth-coated breed of hound", "dog", "hound");

  @Test
  void aDefinitionIsAskedForByKind() {
    assertThat(WordnetQuestion.DEFINE.ask(BEAGLE))
        .hasValue(
            new Item(
                "animal",
                "define-00000042",
                "Define beagle, a kind of hound.",
                List.of(BEAGLE.definition())));
  }

  @Test
  void aSingleThingIsOneOfItsKind() {
    assertThat(prompt(WordnetQuestion.DEFINE, single("Turin", "city")))
        .isEqualTo("Define Turin, a city.");
    assertThat(prompt(WordnetQuestion.DEFINE, single("Elba", "island")))
        .isEqualTo("Define Elba, an island.");
    assertThat(prompt(WordnetQuestion.DEFINE, single("Yale", "university")))
        .isEqualTo("Define Yale, a university.");
  }

  @Test
  void aDefinitionIsAskedForByItsLongestWordsInItsOrder() {
    assertThat(prompt(WordnetQuestion.WORDS, BEAGLE))
        .isEqualTo("Define beagle with the words small, short-legged and smooth-coated.");
  }

  @Test
  void wordsOfTheNameAndEmptyWordsAreNoHint() {
    Noun vitamin =
        noun("substance", "fat-soluble vitamin", "any vitamin that is soluble in natural fats");
    assertThat(WordnetQuestion.WORDS.ask(vitamin)).isEmpty();
  }

  @Test
  void theKindInTheDefinitionIsTheFirstReference() {
    Item item = WordnetQuestion.KIND.ask(BEAGLE).orElseThrow();
    assertThat(item.prompt())
        .isEqualTo(
            "beagle: a small short-legged smooth-coated breed of hound. What kind of thing is it?");
    assertThat(item.responses()).containsExactly("hound", "dog");
  }

  @Test
  void aKindInsideAnotherWordIsNoAnswer() {
    Noun cart = noun("artifact", "dog cart", "a cart drawn by greyhounds or by a dog-like beast");
    Noun kind = noun("artifact", "dog cart", cart.definition(), "hound", "dog");
    assertThat(WordnetQuestion.KIND.ask(kind)).isEmpty();
    assertThat(WordnetQuestion.DEFINE.ask(kind)).isPresent();
  }

  @Test
  void aPlaceIsAskedForByWhere() {
    Noun turin = whole("location", "Turin", "a city in Piedmont in Italy", "Italian Republic");
    assertThat(WordnetQuestion.PART.ask(turin)).isEmpty();
    Item item =
        WordnetQuestion.PART
            .ask(whole("location", "Turin", "a city in Piedmont in Italy", "Italia", "Italy"))
            .orElseThrow();
    assertThat(item.prompt()).isEqualTo("Turin: a city in Piedmont in Italy. Where is it?");
    assertThat(item.responses()).containsExactly("Italy", "Italia");
    assertThat(prompt(WordnetQuestion.PART, whole("body", "hoof", "the foot of a horse", "horse")))
        .isEqualTo("hoof: the foot of a horse. What is it part of?");
  }

  @Test
  void theGenusIsInTheScientificName() {
    Noun maire =
        new Noun(
            "plant",
            42,
            "white maire",
            "small tree of New Zealand",
            false,
            List.of(),
            List.of(),
            Optional.of(new Noun.Species("Olea lanceolata", "Olea")));
    Item item = WordnetQuestion.GENUS.ask(maire).orElseThrow();
    assertThat(item.prompt())
        .isEqualTo("Which genus does the white maire, Olea lanceolata, belong to?");
    assertThat(item.responses()).containsExactly("Olea", "genus Olea");
    assertThat(WordnetQuestion.GENUS.ask(BEAGLE)).isEmpty();
  }

  @Test
  void theQuestionDependsOnTheSeedAndTheSynsetAlone() {
    assertThat(WordnetQuestion.draw(7, BEAGLE)).isEqualTo(WordnetQuestion.draw(7, BEAGLE));
    assertThat(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L))
        .extracting(seed -> WordnetQuestion.draw(seed, BEAGLE).orElseThrow().item())
        .contains("define-00000042", "words-00000042", "kind-00000042");
  }

  private static String prompt(WordnetQuestion question, Noun noun) {
    return question.ask(noun).orElseThrow().prompt();
  }

  private static Noun noun(String domain, String name, String definition, String... kinds) {
    return new Noun(
        domain, 42, name, definition, false, List.of(kinds), List.of(), Optional.empty());
  }

  private static Noun whole(String domain, String name, String definition, String... wholes) {
    return new Noun(
        domain, 42, name, definition, true, List.of(), List.of(wholes), Optional.empty());
  }

  private static Noun single(String name, String kind) {
    return new Noun(
        "location", 42, name, "famous", true, List.of(kind), List.of(), Optional.empty());
  }
}
