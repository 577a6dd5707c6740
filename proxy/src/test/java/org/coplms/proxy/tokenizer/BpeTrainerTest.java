package org.coplms.proxy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void smallestVocabularyIsTheBytesAndThreeSpecialTokens() {
    String json = BpeTrainer.train(TestText.wordCounts("aa aa aa"), new BpeTrainer.Spec(259));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(259);
      assertThat(tokenizer.encode("aé")).containsExactly(3 + 'a', 3 + 0xC3, 3 + 0xA9);
      assertThat(tokenizer.padId()).isEqualTo(0);
      assertThat(tokenizer.bosId()).hasValue(1);
      assertThat(tokenizer.eosId()).isEqualTo(2);
    }
  }

  @Test
  void vocabularyBelowTheBytesIsRefused() {
    assertThatThrownBy(() -> new BpeTrainer.Spec(258))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("259")
        .hasMessageContaining("258");
  }

  @Test
  void mostFrequentPairIsMergedFirst() {
    assertThat(merges(Map.of("low", 5L, "lowest", 2L, "new", 6L), 262))
        .containsExactly("l o", "lo w", "e w");
  }

  @Test
  void tiesGoToTheLowerBytesOfTheLeftThenTheRightPart() {
    assertThat(merges(Map.of("zb", 4L, "az", 4L, "ab", 4L), 262))
        .containsExactly("a b", "a z", "z b");
    // 0x80-0xFF are above ASCII: bytes compare as unsigned.
    assertThat(merges(Map.of("é", 4L, "ab", 4L), 261)).containsExactly("a b", "Ã ©");
  }

  @Test
  void learningStopsWhenNoPairOccursTwice() {
    assertThat(merges(Map.of("abc", 1L, "xyz", 1L, "abd", 1L), 400)).containsExactly("a b");
  }

  @Test
  void runsOfOneByteMergeFromTheLeft() {
    assertThat(merges(Map.of("aaaa", 3L), 400)).containsExactly("a a", "aa aa");
  }

  @Test
  void orderOfTheCountsDoesNotMatter() {
    Map<String, Long> counts = TestText.wordCounts(TestText.CORPUS);
    List<String> words = new ArrayList<>(counts.keySet());
    Collections.shuffle(words, new Random(7));
    Map<String, Long> shuffled = new LinkedHashMap<>();
    words.forEach(word -> shuffled.put(word, counts.get(word)));

    BpeTrainer.Spec spec = new BpeTrainer.Spec(400);
    assertThat(BpeTrainer.train(shuffled, spec)).isEqualTo(BpeTrainer.train(counts, spec));
  }

  /** Against a trainer that counts all pairs again for every merge. */
  @Test
  void mergesEqualThoseOfRecountingEveryTime() {
    SplittableRandom random = new SplittableRandom(11);
    for (int trial = 0; trial < 20; trial++) {
      Map<String, Long> counts = new HashMap<>();
      for (int word = 0; word < 60; word++) {
        StringBuilder letters = new StringBuilder();
        random.ints(random.nextInt(1, 9), 'a', 'd').forEach(c -> letters.append((char) c));
        counts.merge(letters.toString(), random.nextLong(1, 5), Long::sum);
      }
      assertThat(merges(counts, 259 + 60))
          .as("trial %d", trial)
          .isEqualTo(RecountingBpe.merges(counts, 60));
    }
  }

  @Test
  void mergesOfWrittenTextEqualThoseOfRecounting() {
    Map<String, Long> counts = TestText.wordCounts(TestText.CORPUS);
    assertThat(merges(counts, 259 + 150)).isEqualTo(RecountingBpe.merges(counts, 150));
  }

  @Test
  void learningTellsHowFarItIs() {
    List<Integer> learned = new ArrayList<>();
    BpeTrainer.train(Map.of("aaaa", 3L), new BpeTrainer.Spec(400), learned::add);
    assertThat(learned).containsExactly(1, 2);
  }

  @Test
  void libraryAppliesTheMergesAsLearned() {
    String json = BpeTrainer.train(TestText.wordCounts(TestText.CORPUS), new BpeTrainer.Spec(500));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
      assertThat(tokenizer.vocabSize()).isGreaterThan(350);
      for (String text : TestText.SAMPLES) {
        assertThat(pieces(tokenizer, text))
            .as(text)
            .isEqualTo(RecountingBpe.pieces(mergesOf(json), text));
      }
    }
  }

  @Test
  void withAPrefixSpaceAWordHasTheSameTokensWhereverItStands() {
    Map<String, Long> counts = Map.of(" hound", 9L, " small", 5L);
    try (LmTokenizer plain = LmTokenizer.parse(trained(counts, false));
        LmTokenizer prefixed = LmTokenizer.parse(trained(counts, true))) {
      assertThat(plain.encode("hound")).hasSizeGreaterThan(1);
      assertThat(prefixed.encode("hound")).hasSize(1);
      assertThat(prefixed.encode("small hound"))
          .containsExactly(prefixed.encode("small")[0], prefixed.encode("hound")[0]);
      for (String text : List.of("hound", " hound", "  hound", "", "\n", "hound\nsmall")) {
        assertThat(prefixed.decode(prefixed.encode(text))).as("'%s'", text).isEqualTo(text);
      }
    }
  }

  private static String trained(Map<String, Long> counts, boolean prefixSpace) {
    return BpeTrainer.train(counts, new BpeTrainer.Spec(300, prefixSpace));
  }

  @Test
  void hundredThousandWordsAreLearnedInSeconds() {
    SplittableRandom random = new SplittableRandom(3);
    Map<String, Long> counts = new HashMap<>();
    while (counts.size() < 100_000) {
      StringBuilder word = new StringBuilder(" ");
      for (int i = random.nextInt(2, 12); i > 0; i--) {
        // Skewed letters, so that pairs repeat as they do in a language.
        word.append((char) ('a' + (int) (26 * random.nextDouble() * random.nextDouble())));
      }
      counts.merge(word.toString(), 1L + random.nextInt(100), Long::sum);
    }
    long start = System.nanoTime();
    String json = BpeTrainer.train(counts, new BpeTrainer.Spec(8_000));
    assertThat(mergesOf(json)).hasSize(8_000 - 259);
    assertThat((System.nanoTime() - start) / 1e9).as("seconds").isLessThan(60);
  }

  private static List<String> merges(Map<String, Long> counts, int vocabSize) {
    return mergesOf(BpeTrainer.train(counts, new BpeTrainer.Spec(vocabSize)));
  }

  private static List<String> mergesOf(String json) {
    try {
      JsonNode merges = MAPPER.readTree(json).path("model").path("merges");
      return IntStream.range(0, merges.size()).mapToObj(i -> merges.get(i).asText()).toList();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> pieces(LmTokenizer tokenizer, String text) {
    return IntStream.of(tokenizer.encode(text))
        .mapToObj(id -> ByteAlphabet.spell(tokenizer.tokenBytes(id)))
        .toList();
  }
}
