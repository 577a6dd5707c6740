package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenRole;
import org.coplms.proxy.tokenizer.TokenizerFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratorTest {
  private static final int POSITIONS = ScriptedModels.POSITIONS;
  private static final List<String> PROMPTS =
      List.of("ab", "a longer prompt of words", "x", "zwölf?", "ab", "7 + 12");

  private NDManager manager;
  private LmTokenizer bytes;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
    bytes = LmTokenizer.parse(BpeTrainer.train(Map.of(), new BpeTrainer.Spec(259)));
  }

  @AfterEach
  void close() {
    bytes.close();
    manager.close();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void greedyWithTheCacheEqualsFullRecomputationTokenForToken(Family family) {
    LanguageModel model = model(family);
    model.attachLora(Models.ALL_LINEAR, 1);
    model.attachAdapter(Models.ADAPTER, 2);
    Models.scramble(model, model.loraParameters());
    Models.scramble(model, model.adapterParameters());
    List<AnswerRow> rows = new ArrayList<>();
    for (int i = 0; i < PROMPTS.size(); i++) { // limits differ, so that rows leave the batch
      int[] ids = TextFormat.LINES.promptIds(bytes, PROMPTS.get(i));
      int limit = Math.min(POSITIONS, ids.length + 4 + 6 * i);
      rows.add(new AnswerRow(ids, limit, bytes::isEnd, false, new SplittableRandom(1)));
    }

    NextToken next = new NextToken(bytes.vocabSize(), bytes, Decoding.greedy(1), manager);
    try (LockStep batch = new LockStep(model, next, rows, manager)) {
      batch.run();
    }

    for (int i = 0; i < PROMPTS.size(); i++) {
      assertThat(rows.get(i).response())
          .as(PROMPTS.get(i))
          .hasSizeGreaterThan(1)
          .containsExactly(recomputed(model, PROMPTS.get(i), 4 + 6 * i));
    }
  }

  @Test
  void aPromptIsAnsweredAsAloneWhateverTheLengthsBesideIt() {
    Generator generator = new Generator(model(Family.LLAMA), bytes);
    List<String> prompts = List.of("of some length", "a", "of any length!", "bc");

    List<String> together = generator.answer(prompts, Decoding.greedy(3), 1);

    for (int i = 0; i < prompts.size(); i++) {
      assertThat(generator.answer(prompts.subList(i, i + 1), Decoding.greedy(3), 1))
          .containsExactly(together.get(i));
    }
  }

  @Test
  void anAnswerEndsAtEos() {
    LanguageModel model = preferring(bytes.eosId(), 'k');

    assertThat(new Generator(model, bytes).answer(PROMPTS, Decoding.greedy(12), 1))
        .containsOnly("");
  }

  @Test
  void anAnswerEndsWhereThePositionsEnd() {
    LanguageModel model = preferring(id('k'), 'q');
    String prompt = "a".repeat(POSITIONS - 5); // with BOS and the newline 37 positions are taken

    assertThat(new Generator(model, bytes).answer(List.of(prompt, "b"), Decoding.greedy(100), 1))
        .containsExactly("kkk", "k".repeat(POSITIONS - 3));
  }

  @Test
  void aPromptWithoutRoomForAResponseIsRefused() {
    Generator generator = new Generator(model(Family.LLAMA), bytes);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> generator.answer(List.of("a".repeat(POSITIONS)), Decoding.greedy(4), 1))
        .withMessageContaining("42 tokens")
        .withMessageContaining("40 positions");
  }

  @Test
  void specialTokensAreNeverChosen() {
    LanguageModel model = preferring(bytes.padId(), 'k');

    assertThat(new Generator(model, bytes).answer(List.of("a"), Decoding.greedy(3), 1))
        .containsExactly("kkk");
    assertThat(bytes.role(bytes.padId())).isEqualTo(TokenRole.PAD);
  }

  @Test
  void samplingRepeatsWithItsSeedAndVariesWithout() {
    Generator generator = new Generator(model(Family.LLAMA), bytes);
    Decoding decoding = new Decoding(1, 1, 8);

    List<String> first = generator.answer(PROMPTS, decoding, 1);

    assertThat(generator.answer(PROMPTS, decoding, 1)).isEqualTo(first);
    assertThat(generator.answer(PROMPTS, decoding, 2)).isNotEqualTo(first);
    assertThat(first.get(0)).isNotEqualTo(first.get(4));
  }

  @Test
  void drawsFollowTheProbabilities() {
    LanguageModel model = distribution(Map.of(id('a'), 0.5, id('b'), 0.3, id('c'), 0.2));
    List<String> prompts = Collections.nCopies(4000, "p");

    List<String> all = new Generator(model, bytes).answer(prompts, new Decoding(1, 1, 1), 7);
    List<String> top = new Generator(model, bytes).answer(prompts, new Decoding(1, 0.7, 1), 7);
    List<String> cold = new Generator(model, bytes).answer(prompts, new Decoding(0.5, 1, 1), 7);

    // 4 standard deviations of a share of 4,000 draws are at most 0.032
    assertThat(share(all, "a")).isCloseTo(0.5, within(0.032));
    assertThat(share(all, "b")).isCloseTo(0.3, within(0.032));
    assertThat(share(all, "c")).isCloseTo(0.2, within(0.032));
    assertThat(share(top, "a")).isCloseTo(0.5 / 0.8, within(0.032));
    assertThat(share(top, "c")).isZero();
    assertThat(share(cold, "a")).isCloseTo(0.25 / 0.38, within(0.032));
  }

  @Test
  void aTinyTopPIsGreedy() {
    LanguageModel model = model(Family.QWEN2);
    Generator generator = new Generator(model, bytes);

    assertThat(generator.answer(PROMPTS, new Decoding(1, 1e-6, 8), 3))
        .isEqualTo(generator.answer(PROMPTS, Decoding.greedy(8), 3));
  }

  @Test
  void pairsAreSplitAtTheSeparatorAndScoredOverTheResponse() {
    List<GeneratedPair> pairs =
        new Generator(reciting("ab\n12345"), bytes).samplePairs(300, 1e-3, 30, 1);

    assertThat(pairs).hasSize(300);
    assertThat(pairs.get(0).prompt()).isEqualTo("ab");
    assertThat(pairs.get(0).response()).isEqualTo("12345");
    assertThat(pairs.get(0).meanLogProb()).isCloseTo(Math.log(0.8), within(1e-3));
  }

  @Test
  void aLongSeparatorMayEndInsideAnything() {
    LanguageModel model = reciting("ab => 1");

    assertThat(new Generator(model, bytes, new TextFormat(" => ")).samplePairs(2, 1e-3, 30, 1))
        .extracting(GeneratedPair::prompt, GeneratedPair::response)
        .containsOnly(tuple("ab", "1"));
  }

  @Test
  void aPromptIsDrawnAfterThePrefixAndEndsAtTheFirstSpecialTokenOfTheSeparator() {
    TextFormat format = new TextFormat("Q: ", "\n<pad>A:");
    int[] prefix = format.prefixIds(bytes);
    assertThat(prefix).containsExactly(bytes.bosId().orElseThrow(), id('Q'), id(':'));
    int[] said =
        new int[20]; // what follows each position: those of the prefix and of "A:" do not count
    Arrays.fill(said, bytes.eosId());
    String drawn = " ab\n";
    for (int i = 0; i < drawn.length(); i++) {
      said[prefix.length - 1 + i] = id(drawn.charAt(i));
    }
    said[prefix.length + 3] = bytes.padId();
    said[prefix.length + 6] = id('1');
    LanguageModel model = ScriptedModels.reciting(bytes.vocabSize(), said, 0.8, id('z'), manager);

    assertThat(new Generator(model, bytes, format).samplePairs(3, 1e-3, 30, 1))
        .extracting(GeneratedPair::prompt, GeneratedPair::response)
        .containsOnly(tuple("ab", "1"))
        .hasSize(3);
  }

  @Test
  void anAnswerEndsAtEveryEnd() {
    String ends = "{\"eos_token_id\": [2, %d]}".formatted(id('q'));
    TokenizerFiles files = new TokenizerFiles(bytes.json(), "{}", "{}", ends, "");
    try (LmTokenizer twoEnds = LmTokenizer.of(files)) {
      assertThat(
              new Generator(preferring(id('q'), 'k'), twoEnds)
                  .answer(PROMPTS, Decoding.greedy(12), 1))
          .containsOnly("");
    }
  }

  @Test
  void rowsThatNeverCloseAreDropped() {
    assertThat(new Generator(reciting("ab\n12345"), bytes).samplePairs(5, 1e-3, 10, 1))
        .as("EOS is the tenth token")
        .hasSize(5);
    assertThat(new Generator(reciting("ab\n12345"), bytes).samplePairs(5, 1e-3, 9, 1))
        .as("no room for EOS")
        .isEmpty();
    assertThat(new Generator(reciting("abcdef"), bytes).samplePairs(5, 1e-3, 30, 1))
        .as("no separator")
        .isEmpty();
    assertThat(new Generator(reciting("ab\n"), bytes).samplePairs(5, 1e-3, 30, 1))
        .as("no response")
        .isEmpty();
    assertThat(new Generator(reciting("\nab"), bytes).samplePairs(5, 1e-3, 30, 1))
        .as("no prompt")
        .isEmpty();
  }

  @Test
  void promptsAreDrawnAndPairsRepeatWithTheirSeed() {
    Generator generator = new Generator(reciting("ab\n12345"), bytes);

    List<GeneratedPair> pairs = generator.samplePairs(2000, 1, 30, 4);

    assertThat(generator.samplePairs(2000, 1, 30, 4)).isEqualTo(pairs);
    // 4 standard deviations of a share of 2,000 draws are at most 0.045
    assertThat(pairs.size() / 2000.0).as("the separator came").isCloseTo(0.8, within(0.045));
    assertThat(share(pairs.stream().map(GeneratedPair::prompt).toList(), "ab"))
        .isCloseTo(0.64, within(0.045));
    assertThat(pairs).extracting(GeneratedPair::prompt).contains("zb", "az", "zz");
    assertThat(pairs).extracting(GeneratedPair::response).containsOnly("12345");
  }

  @Test
  void nothingIsLeftBehind() {
    LanguageModel model = model(Family.LLAMA);
    Generator generator = new Generator(model, bytes);
    generator.answer(PROMPTS, new Decoding(1, 0.9, 5), 1);
    int before =
        model.baseParameters().get("model.norm.weight").getManager().getManagedArrays().size();

    for (int i = 0; i < 20; i++) {
      generator.answer(PROMPTS, new Decoding(1, 0.9, 5), i);
      generator.samplePairs(10, 1, 20, i);
    }

    assertThat(model.baseParameters().get("model.norm.weight").getManager().getManagedArrays())
        .hasSize(before);
  }

  @Test
  void aTokenizerOfAnotherModelIsRefused() {
    LanguageModel small = Models.random(Family.LLAMA, manager);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Generator(small, bytes))
        .withMessageContaining("259")
        .withMessageContaining("23");
  }

  private int id(char c) {
    return bytes.encode(String.valueOf(c))[0];
  }

  private static double share(List<String> texts, String text) {
    return texts.stream().filter(text::equals).count() / (double) texts.size();
  }

  private LanguageModel model(Family family) {
    LmConfig config =
        Models.config(family).withVocabSize(bytes.vocabSize()).withMaxPositions(POSITIONS);
    return LanguageModel.random(config, 5, manager);
  }

  /** What one row without a cache says, reading everything again for every token. */
  private int[] recomputed(LanguageModel model, String prompt, int most) {
    List<Long> ids = new ArrayList<>();
    for (int id : TextFormat.LINES.promptIds(bytes, prompt)) {
      ids.add((long) id);
    }
    int promptLength = ids.size();
    while (ids.size() < Math.min(POSITIONS, promptLength + most)) {
      long[] row = ids.stream().mapToLong(Long::longValue).toArray();
      NDArray input = manager.create(row, new Shape(1, row.length));
      NDArray logits = model.logits(model.hidden(input)).get(new NDIndex("0, -1"));
      long best = bestTextOrEos(logits.toFloatArray());
      if (best == bytes.eosId()) {
        break;
      }
      ids.add(best);
    }
    return ids.subList(promptLength, ids.size()).stream().mapToInt(Long::intValue).toArray();
  }

  private int bestTextOrEos(float[] logits) {
    return IntStream.range(0, logits.length)
        .filter(i -> bytes.role(i) == TokenRole.TEXT || i == bytes.eosId())
        .reduce((a, b) -> logits[b] > logits[a] ? b : a)
        .orElseThrow();
  }

  /** A model that always likes {@code best} most and {@code second} next. */
  private LanguageModel preferring(int best, char second) {
    return distribution(Map.of(best, 0.8, id(second), 0.2));
  }

  private LanguageModel distribution(Map<Integer, Double> probabilities) {
    return ScriptedModels.always(bytes.vocabSize(), probabilities, manager);
  }

  /** A model that says this text and then EOS, each token with probability 0.8. */
  private LanguageModel reciting(String text) {
    IntStream said =
        IntStream.concat(Arrays.stream(bytes.encode(text)), IntStream.of(bytes.eosId()));
    return ScriptedModels.reciting(bytes.vocabSize(), said.toArray(), 0.8, id('z'), manager);
  }
}
