package org.coplms.dataprep.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WordnetQuestionTest {
  private static final Noun BEAGLE =
      new Noun(
          "animal",
          42,
          "beagle",
          "a small short-legged smooth-coated breed of hound",
          false,
          List.of("hound", "hound dog"),
          List.of(),
          List.of(above("dog", "domestic dog"), above("carnivore")),
          List.of(),
          Optional.empty());

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
  void theNearestSharedKindIsTheFirstReferenceAndTheDirectKindIsRightAsWell() {
    Item item = WordnetQuestion.KIND.ask(BEAGLE).orElseThrow();
    assertThat(item.prompt())
        .isEqualTo(
            "beagle: a small short-legged smooth-coated breed of hound. What kind of animal is it?");
    assertThat(item.responses()).containsExactly("dog", "domestic dog", "hound", "hound dog");
  }

  @Test
  void theLineOfSharedKindsAboveTheDirectOneIsALongAnswer() {
    Noun foxhound =
        kinds(List.of("hound", "hound dog"), "hunting dog", "dog", "canine", "carnivore", "mammal");
    Item item = WordnetQuestion.KINDS.ask(foxhound).orElseThrow();
    assertThat(item.prompt())
        .isEqualTo("Which kinds of animal stand above foxhound, a kind of hound?");
    assertThat(item.responses()).containsExactly("hunting dog, dog, canine, carnivore");
    Noun corgi = kinds(List.of("dog"), "dog", "canine", "carnivore");
    assertThat(WordnetQuestion.KINDS.ask(corgi).orElseThrow().responses())
        .containsExactly("canine, carnivore");
    assertThat(WordnetQuestion.KINDS.ask(kinds(List.of("canine"), "canine", "carnivore")))
        .isEmpty();
  }

  @Test
  void aNounOfNoSharedKindIsNotAskedForIt() {
    Noun cart = noun("artifact", "dog cart", "a cart drawn by greyhounds", "cart");
    assertThat(WordnetQuestion.KIND.ask(cart)).isEmpty();
    assertThat(WordnetQuestion.DEFINE.ask(cart)).isPresent();
  }

  @Test
  void aPlaceIsAskedForByWhere() {
    Noun turin = whole("location", "Turin", "a city in Piedmont in Italy", "Piedmont", "Europe");
    assertThat(WordnetQuestion.PART.ask(turin)).isEmpty();
    Item item =
        WordnetQuestion.PART
            .ask(
                whole(
                    "location",
                    "Turin",
                    "a city in Piedmont in Italy",
                    "Piedmont",
                    "Italia",
                    "Italy"))
            .orElseThrow();
    assertThat(item.prompt()).isEqualTo("Turin: a city in Piedmont in Italy. Where is it?");
    assertThat(item.responses()).containsExactly("Italy", "Italia", "Piedmont");
    assertThat(
            prompt(
                WordnetQuestion.PART,
                whole("body", "hoof", "the foot of a horse", "ungulate", "horse")))
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
    assertThat(LongStream.range(0, 50).boxed())
        .extracting(seed -> WordnetQuestion.draw(seed, BEAGLE).orElseThrow().item())
        .contains("define-00000042", "words-00000042", "kind-00000042", "kinds-00000042");
  }

  private static Noun.Above above(String... words) {
    return new Noun.Above(7, List.of(words));
  }

  private static String prompt(WordnetQuestion question, Noun noun) {
    return question.ask(noun).orElseThrow().prompt();
  }

  private static Noun noun(String domain, String name, String definition, String... kinds) {
    return new Noun(
        domain,
        42,
        name,
        definition,
        false,
        List.of(kinds),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** Directly part of one thing, and with many other nouns of one that has some words. */
  private static Noun whole(
      String domain, String name, String definition, String direct, String... shared) {
    return new Noun(
        domain,
        42,
        name,
        definition,
        true,
        List.of(),
        List.of(direct),
        List.of(),
        List.of(above(shared)),
        Optional.empty());
  }

  private static Noun kinds(List<String> direct, String... shared) {
    return new Noun(
        "animal",
        42,
        "foxhound",
        "medium-sized glossy-coated hounds",
        false,
        direct,
        List.of(),
        Stream.of(shared).map(WordnetQuestionTest::above).toList(),
        List.of(),
        Optional.empty());
  }

  private static Noun single(String name, String kind) {
    return new Noun(
        "location",
        42,
        name,
        "famous",
        true,
        List.of(kind),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty());
  }
}
