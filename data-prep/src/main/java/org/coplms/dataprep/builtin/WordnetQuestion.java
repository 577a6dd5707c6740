package org.coplms.dataprep.builtin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.coplms.dataprep.KeyedSeed;

/**
 * What is asked about a noun. A small model cannot know a word that it never saw, so every question
 * carries what an answer can be made of: the answer itself ({@link #PART}, {@link #GENUS}), part of
 * it ({@link #DEFINE}, {@link #WORDS}), a definition ({@link #KIND}) or a kind ({@link #KINDS})
 * that leads to the kinds of its domain, which must be known and are asked for most often. Words to
 * be explained stand without an article, as in a dictionary, since WordNet does not tell which
 * nouns can be counted.
 */
public enum WordnetQuestion {
  /**
   * {@code Define beagle, a kind of hound.} → the definition; of one thing {@code Define Turin, a
   * city.} The question gives the genus; what distinguishes the word can only be guessed in the
   * phrasing of its domain, so that Rouge-L is reached in part and an exact match hardly ever.
   */
  DEFINE(1) {
    @Override
    Optional<Item> ask(Noun noun) {
      Optional<String> kind =
          noun.inDefinition(noun.kinds()).or(() -> noun.kinds().stream().findFirst());
      return kind.map(
          k -> item(noun, "Define %s.".formatted(ofKind(noun, k)), List.of(noun.definition())));
    }
  },

  /**
   * {@code Define beagle with the words small, short-legged and smooth-coated.} → the definition.
   * The words stand in the definition's order; what joins them must be found. This is the question
   * with a long answer that a model can get right, or nearly so.
   */
  WORDS(1) {
    @Override
    Optional<Item> ask(Noun noun) {
      List<String> words = tellingWords(noun);
      return words.size() < TELLING_WORDS || noun.words() < LEAST_LEFT + TELLING_WORDS
          ? Optional.empty()
          : Optional.of(
              item(
                  noun,
                  "Define %s with the words %s, %s and %s."
                      .formatted(noun.name(), words.get(0), words.get(1), words.get(2)),
                  List.of(noun.definition())));
    }
  },

  /**
   * {@code beagle: a small short-legged smooth-coated breed of hound. What kind of animal is it?} →
   * {@code dog}: the nearest hypernym that many nouns of the domain have above them; the direct
   * one, {@code hound}, is right as well. The definition tells it, seldom in the same word, so that
   * the domain's kinds must be known.
   */
  KIND(1) {
    @Override
    Optional<Item> ask(Noun noun) {
      return noun.kindsAbove().stream()
          .findFirst()
          .map(
              kind ->
                  item(
                      noun,
                      explained(noun, "What kind of %s is it?".formatted(thing(noun))),
                      others(kind.words(), noun.kinds())));
    }
  },

  /**
   * {@code Which kinds of animal stand above beagle, a kind of hound?} → {@code hunting dog, dog,
   * canine, carnivore}: the line of hypernyms above the direct one that many nouns of the domain
   * have, the nearest first, four at most. A long answer in which every known part counts for
   * Rouge-L.
   */
  KINDS(6) {
    @Override
    Optional<Item> ask(Noun noun) {
      if (noun.kinds().isEmpty()) {
        return Optional.empty();
      }
      String direct = noun.kinds().get(0);
      List<String> above =
          noun.kindsAbove().stream()
              .map(Noun.Above::words)
              .filter(kind -> !kind.contains(direct))
              .map(kind -> kind.get(0))
              .limit(MOST_KINDS)
              .toList();
      return above.size() < LEAST_KINDS
          ? Optional.empty()
          : Optional.of(
              item(
                  noun,
                  "Which kinds of %s stand above %s?".formatted(thing(noun), ofKind(noun, direct)),
                  List.of(String.join(", ", above))));
    }
  },

  /**
   * {@code Turin: capital city of the Piedmont region of northwestern Italy. Where is it?} → {@code
   * Italy}: the nearest whole in the definition that many nouns are part of; in other domains
   * {@code What is it part of?} The direct whole, {@code Piedmont}, is right as well.
   */
  PART(3) {
    @Override
    Optional<Item> ask(Noun noun) {
      return noun.wholesAbove().stream()
          .map(Noun.Above::words)
          .flatMap(whole -> noun.inDefinition(whole).map(word -> others(word, whole)).stream())
          .findFirst()
          .map(
              whole ->
                  item(
                      noun,
                      explained(noun, wholeQuestion(noun, whole.get(0))),
                      others(whole, noun.wholes())));
    }
  },

  /**
   * {@code Which genus does the white maire, Olea lanceolata, belong to?} → {@code Olea}. What a
   * living thing is a member of; the scientific name holds the answer.
   */
  GENUS(1) {
    @Override
    Optional<Item> ask(Noun noun) {
      return noun.species()
          .map(
              species ->
                  item(
                      noun,
                      "Which genus does the %s, %s, belong to?"
                          .formatted(noun.name(), species.binomial()),
                      List.of(species.genus(), "genus " + species.genus())));
    }
  };

  private static final int LEAST_KINDS = 2;
  private static final int MOST_KINDS = 4;
  private static final int TELLING_WORDS = 3;
  private static final int LEAST_LEFT = 3;
  private static final int SHORTEST_TELLING_WORD = 4;

  /** Words of four letters or more that tell nothing of what is defined. */
  private static final Set<String> EMPTY_WORDS =
      Set.of(
          """
          about also among another been being between both does each either especially
          from have having into like made many more most often other over several some
          someone something such than that their them they this through under used usually
          various very what when where which while whose with within without
          """
              .strip()
              .split("\\s+"));

  private static final Pattern VOWEL_SOUND =
      Pattern.compile("(?!uni|use|usu|ura|eu|ewe|one|once)[aeiou]|hour|heir|hono");

  private final int weight;

  WordnetQuestion(int weight) {
    this.weight = weight;
  }

  /** This question about the noun, where it can be asked. */
  abstract Optional<Item> ask(Noun noun);

  /** Whether the answer is a definition. */
  boolean isDefinition() {
    return this == DEFINE || this == WORDS;
  }

  /**
   * One question about the noun: drawn by weight from those that can be asked, if there are any.
   */
  public static Optional<Item> draw(long seed, Noun noun) {
    List<Item> candidates = new ArrayList<>();
    for (WordnetQuestion question : values()) {
      question
          .ask(noun)
          .ifPresent(
              item -> {
                for (int i = 0; i < question.weight; i++) {
                  candidates.add(item);
                }
              });
    }
    SplittableRandom random =
        new SplittableRandom(KeyedSeed.of(seed, "wordnet question", noun.offset()));
    return candidates.isEmpty()
        ? Optional.empty()
        : Optional.of(candidates.get(random.nextInt(candidates.size())));
  }

  /** The item's name: the question's and the synset's. */
  Item item(Noun noun, String prompt, List<String> responses) {
    return new Item(
        noun.domain(), "%s-%08d".formatted(lower(name()), noun.offset()), prompt, responses);
  }

  private static String explained(Noun noun, String question) {
    return "%s: %s. %s".formatted(noun.name(), noun.definition(), question);
  }

  /** Such as {@code beagle, a kind of hound} or {@code Turin, a city}. */
  private static String ofKind(Noun noun, String kind) {
    return noun.name() + ", " + (noun.instance() ? one(kind) : "a kind of " + kind);
  }

  /** What the nouns of its domain are. */
  private static String thing(Noun noun) {
    return switch (noun.domain()) {
      case "body" -> "body part";
      case "location" -> "place";
      default -> noun.domain();
    };
  }

  private static String wholeQuestion(Noun noun, String whole) {
    return switch (noun.domain()) {
      case "artifact", "location", "object" ->
          Character.isUpperCase(whole.charAt(0)) ? "Where is it?" : "What is it part of?";
      default -> "What is it part of?";
    };
  }

  /** The word with its indefinite article, by its sound as far as letters show it. */
  private static String one(String word) {
    String article = VOWEL_SOUND.matcher(lower(word)).lookingAt() ? "an" : "a";
    return article + " " + word;
  }

  /** The word that the definition holds, first, and the others for the same. */
  private static List<String> others(String first, List<String> words) {
    return others(List.of(first), words);
  }

  /** What is asked for, first, and what is right as well. */
  private static List<String> others(List<String> first, List<String> more) {
    Set<String> all = new LinkedHashSet<>(first);
    all.addAll(more);
    return List.copyOf(all);
  }

  /** The longest words of the definition that are not in the name, in the definition's order. */
  private static List<String> tellingWords(Noun noun) {
    Set<String> words = new LinkedHashSet<>(List.of(noun.definition().split(",? ")));
    List<String> name = List.of(lower(noun.name()).split("[ -]", -1));
    words.removeIf(
        word ->
            word.length() < SHORTEST_TELLING_WORD
                || EMPTY_WORDS.contains(word)
                || name.contains(lower(word)));
    Set<String> longest =
        Set.copyOf(
            words.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .limit(TELLING_WORDS)
                .toList());
    return words.stream().filter(longest::contains).toList();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
