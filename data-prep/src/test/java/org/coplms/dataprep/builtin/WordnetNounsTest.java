package org.coplms.dataprep.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.coplms.dataprep.PromptKey;
import org.coplms.dataprep.prepare.WordnetSpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The nouns that WordNet really has, and what is asked about them. */
class WordnetNounsTest {
  private static List<Noun> nouns;
  private static List<Item> items;

  @BeforeAll
  static void read() {
    nouns = WordnetNouns.read(WordnetSpec.benchmark(150).domains());
    items = nouns.stream().flatMap(noun -> WordnetQuestion.draw(17, noun).stream()).toList();
  }

  @Test
  void everyLexicographerFileOfNounsButTheTopIsADomain() {
    assertThat(WordnetNouns.DOMAINS)
        .hasSize(25)
        .contains("animal", "body", "location")
        .doesNotContain("Tops", "motion");
  }

  @Test
  void aNounHasItsDefinitionAndItsKinds() {
    Noun beagle = named("beagle");
    assertThat(beagle.domain()).isEqualTo("animal");
    assertThat(beagle.definition()).isEqualTo("a small short-legged smooth-coated breed of hound");
    assertThat(beagle.kinds()).containsExactly("hound", "hound dog");
    assertThat(beagle.kindsAbove())
        .extracting(kind -> kind.words().get(0))
        .startsWith("hunting dog", "dog", "canine", "carnivore");
    assertThat(beagle.instance()).isFalse();
  }

  @Test
  void aPlaceHasItsWholes() {
    Noun kigali = named("Kigali");
    assertThat(kigali.instance()).isTrue();
    assertThat(kigali.wholes()).contains("Rwanda");
    assertThat(kigali.kindsAbove().get(0).words()).containsExactly("national capital");
  }

  @Test
  void aLivingThingHasItsSpeciesAndItsCommonName() {
    assertThat(named("white maire").species())
        .hasValue(new Noun.Species("Olea lanceolata", "Olea"));
    assertThat(nouns).extracting(Noun::name).doesNotContain("Olea", "genus Olea");
  }

  @Test
  void aNameStandsForOneSynset() {
    assertThat(nouns)
        .extracting(noun -> noun.name().toLowerCase(Locale.ROOT))
        .doesNotHaveDuplicates();
    assertThat(nouns).extracting(Noun::offset).doesNotHaveDuplicates();
  }

  @Test
  void promptsAreUniqueOverAllDomains() {
    assertThat(items).extracting(item -> PromptKey.of(item.prompt())).doesNotHaveDuplicates();
  }

  @Test
  void everyDomainOfTheBenchmarkHasEnoughNouns() {
    assertThat(byDomain())
        .hasSize(7)
        .allSatisfy((domain, asked) -> assertThat(asked).hasSizeGreaterThan(900));
  }

  @Test
  void threeQuartersOfADomainsAnswersAreLongAndAQuarterAreDefinitions() {
    assertThat(byDomain())
        .allSatisfy(
            (domain, asked) -> {
              long definitions = asked.stream().filter(WordnetNounsTest::isDefinition).count();
              long lines = asked.stream().filter(item -> item.item().startsWith("kinds-")).count();
              assertThat(definitions / (double) asked.size()).isBetween(0.25, 0.5);
              assertThat((definitions + lines) / (double) asked.size()).isGreaterThan(0.75);
            });
  }

  @Test
  void aLineOfKindsHasTwoToFour() {
    assertThat(items)
        .filteredOn(item -> item.item().startsWith("kinds-"))
        .hasSizeGreaterThan(5_000)
        .allSatisfy(
            item ->
                assertThat(item.responses().get(0).split(", "))
                    .hasSizeBetween(2, 4)
                    .doesNotHaveDuplicates());
  }

  @Test
  void wholesAndGeneraStandInTheQuestion() {
    assertThat(items)
        .filteredOn(item -> item.item().startsWith("part-") || item.item().startsWith("genus-"))
        .hasSizeGreaterThan(300)
        .allMatch(item -> Noun.holds(item.prompt(), item.responses().get(0)));
  }

  @Test
  void kindsAreFewAndMostOfThemAreAskedForOften() {
    Map<String, Map<String, Long>> kinds =
        items.stream()
            .filter(item -> item.item().startsWith("kind-"))
            .collect(
                Collectors.groupingBy(
                    Item::domain,
                    Collectors.groupingBy(item -> item.responses().get(0), Collectors.counting())));
    assertThat(kinds)
        .hasSize(7)
        .allSatisfy(
            (domain, counts) -> {
              assertThat(counts.size()).isBetween(10, 120);
              assertThat(counts.values().stream().filter(count -> count >= 5).count())
                  .isGreaterThan(counts.size() / 2);
            });
  }

  @Test
  void definitionsShareWordsWithTheirQuestionWhereItNamesThem() {
    assertThat(items)
        .filteredOn(item -> item.item().startsWith("words-"))
        .hasSizeGreaterThan(1_000)
        .allSatisfy(
            item ->
                assertThat(
                        List.of(item.responses().get(0).split(",? ")).stream()
                            .filter(word -> Noun.holds(item.prompt(), word))
                            .count())
                    .isGreaterThanOrEqualTo(3));
  }

  @Test
  void textsAreCleanAndShort() {
    assertThat(items)
        .allSatisfy(
            item -> {
              assertThat(item.prompt()).doesNotContainPattern("[;\"`()\\[\\]\\n]|  | ,|,,");
              assertThat(item.prompt().length()).isLessThanOrEqualTo(150);
              assertThat(item.responses().get(0))
                  .doesNotContainPattern("[;\"`()\\[\\]\\n]|  | ,|,$");
            });
  }

  private static boolean isDefinition(Item item) {
    return item.item().startsWith("define-") || item.item().startsWith("words-");
  }

  private static Map<String, List<Item>> byDomain() {
    return items.stream().collect(Collectors.groupingBy(Item::domain));
  }

  private static Noun named(String name) {
    Optional<Noun> found = nouns.stream().filter(noun -> noun.name().equals(name)).findFirst();
    assertThat(found).as(name).isPresent();
    return found.orElseThrow();
  }
}
