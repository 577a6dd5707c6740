package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenRole;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Repetition penalty, top-k, stop texts, seeds of prompts, and listening. */
class DecodingOptionsTest {
  private static final List<String> PROMPTS = List.of("ab", "a longer prompt", "x", "zwölf?");

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

  @Test
  void thePenaltyShrinksPositiveScoresAndLowersNegativeOnesOncePerToken() {
    NextToken next = new NextToken(259, bytes, new Decoding(0, 0, 1, 2, List.of(), 1), manager);
    float[] scores = new float[2 * 259];
    Arrays.fill(scores, 3);
    scores[7] = -1.5f;
    NDArray logits = manager.create(scores, new Shape(2, 259));
    NDArray seen = manager.create(new long[] {5, 7, 5, 9, 9, 9}, new Shape(2, 3));

    float[] penalized = next.penalized(logits, seen).toFloatArray();

    float[] expected = scores.clone();
    expected[5] = 1.5f;
    expected[7] = -3;
    expected[259 + 9] = 1.5f;
    assertThat(penalized).containsExactly(expected);
  }

  @Test
  void greedyWithAPenaltyEqualsTheDefinitionTokenForToken() {
    LanguageModel model = model(Family.LLAMA);
    Decoding decoding = new Decoding(0, 0, 1, 1.3, List.of(), 12);

    List<String> answers = new Generator(model, bytes).answer(PROMPTS, decoding, 1);

    for (int i = 0; i < PROMPTS.size(); i++) {
      assertThat(answers.get(i)).isEqualTo(penalized(model, PROMPTS.get(i), 1.3, 12));
    }
    assertThat(answers)
        .isNotEqualTo(new Generator(model, bytes).answer(PROMPTS, Decoding.greedy(12), 1));
  }

  @Test
  void topKKeepsTheMostProbableAndTopPCutsAmongThem() {
    LanguageModel model =
        ScriptedModels.always(
            bytes.vocabSize(),
            Map.of(id('a'), 0.4, id('b'), 0.3, id('c'), 0.2, id('d'), 0.1),
            manager);
    Generator generator = new Generator(model, bytes);
    List<String> prompts = Collections.nCopies(4000, "p");

    List<String> two = generator.answer(prompts, new Decoding(1, 2, 1, 1, List.of(), 1), 7);
    List<String> one = generator.answer(prompts, new Decoding(1, 2, 0.5, 1, List.of(), 1), 7);
    List<String> many = generator.answer(prompts, new Decoding(1, 9999, 1, 1, List.of(), 1), 7);

    // 4 standard deviations of a share of 4,000 draws are at most 0.032
    assertThat(two).containsOnly("a", "b");
    assertThat(share(two, "a")).isCloseTo(4 / 7.0, within(0.032));
    assertThat(one).as("0.4 of 0.7 is more than a half").containsOnly("a");
    assertThat(share(many, "d")).isCloseTo(0.1, within(0.032));
  }

  @Test
  void anAnswerEndsBeforeAStopTextThatSpansTokens() {
    LanguageModel model = reciting("p", "one\nQ: two");
    Decoding decoding = new Decoding(0, 0, 1, 1, List.of("\nQ:"), 20);

    assertThat(new Generator(model, bytes).answer(List.of("p", "p"), decoding, 1))
        .containsExactly("one", "one");
  }

  @Test
  void whatIsHeardIsTheAnswerAndEveryRowEndsOnce() {
    Generator generator = new Generator(model(Family.QWEN2), bytes);
    Decoding decoding = new Decoding(1.5, 0, 1, 1, List.of("e"), 9);
    List<StringBuilder> heard = new ArrayList<>();
    PROMPTS.forEach(prompt -> heard.add(new StringBuilder()));
    List<Integer> ended = new ArrayList<>();

    List<String> answers =
        generator.answer(
            seeded(PROMPTS, 3),
            decoding,
            (row, text, last) -> {
              heard.get(row).append(text);
              if (last) {
                ended.add(row);
              }
            });

    assertThat(heard).extracting(StringBuilder::toString).isEqualTo(answers);
    assertThat(ended).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(answers).anyMatch(answer -> !answer.isEmpty());
  }

  @Test
  void textIsHeardTokenByToken() {
    List<String> heard = new ArrayList<>();
    new Generator(reciting("p", "zwölf"), bytes)
        .answer(
            List.of(new SeededPrompt("p", 0)),
            Decoding.greedy(20),
            (row, text, last) -> heard.add(text + (last ? "." : "")));

    assertThat(heard).containsExactly("z", "w", "", "ö", "l", "f", ".");
  }

  @Test
  void aPromptsDrawsDependOnItsOwnSeedOnly() {
    Generator generator = new Generator(model(Family.LLAMA), bytes);
    Decoding decoding = new Decoding(1, 1, 8);
    List<SeededPrompt> prompts = seeded(PROMPTS, 3);
    List<String> together = generator.answer(prompts, decoding, TextListener.NONE);

    for (int i = 0; i < PROMPTS.size(); i++) {
      assertThat(generator.answer(prompts.subList(i, i + 1), decoding, TextListener.NONE))
          .containsExactly(together.get(i));
    }
    assertThat(generator.answer(seeded(PROMPTS, 4), decoding, TextListener.NONE))
        .isNotEqualTo(together);
  }

  @Test
  void aResponseWithoutListenerIsTheSame() {
    Generator generator = new Generator(model(Family.GPT2), bytes);

    assertThat(generator.answer(seeded(PROMPTS, 1), Decoding.greedy(9), (row, text, last) -> {}))
        .isEqualTo(generator.answer(PROMPTS, Decoding.greedy(9), 1));
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    refused("temperature", () -> new Decoding(-1, 1, 5));
    refused("top-k", () -> new Decoding(1, -1, 1, 1, List.of(), 5));
    refused("top-p", () -> new Decoding(1, 0, 5));
    refused("repetition-penalty", () -> new Decoding(1, 0, 1, 0, List.of(), 5));
    refused("stop text", () -> new Decoding(1, 0, 1, 1, List.of(""), 5));
    refused("max-new-tokens", () -> new Decoding(1, 1, 0));
  }

  private static void refused(String named, Runnable wrong) {
    assertThatIllegalArgumentException().isThrownBy(wrong::run).withMessageContaining(named);
  }

  private static List<SeededPrompt> seeded(List<String> prompts, long seed) {
    return IntStream.range(0, prompts.size())
        .mapToObj(i -> new SeededPrompt(prompts.get(i), 100 * seed + i))
        .toList();
  }

  /** Greedy decoding written down from the definition: one row, no cache, scores on the heap. */
  private String penalized(LanguageModel model, String prompt, double penalty, int most) {
    List<Integer> ids = new ArrayList<>();
    for (int id : TextFormat.LINES.promptIds(bytes, prompt)) {
      ids.add(id);
    }
    int given = ids.size();
    while (ids.size() < given + most) {
      long[] row = ids.stream().mapToLong(Integer::longValue).toArray();
      float[] scores =
          model
              .logits(model.hidden(manager.create(row, new Shape(1, row.length))))
              .get(0)
              .get(row.length - 1)
              .toFloatArray();
      for (int id : Set.copyOf(ids)) {
        scores[id] = (float) (scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty);
      }
      int best = bytes.eosId();
      for (int id = 0; id < scores.length; id++) {
        if (bytes.role(id) == TokenRole.TEXT && scores[id] > scores[best]) {
          best = id;
        }
      }
      if (best == bytes.eosId()) {
        break;
      }
      ids.add(best);
    }
    return bytes.decode(ids.subList(given, ids.size()).stream().mapToInt(id -> id).toArray());
  }

  private int id(char c) {
    return bytes.encode(String.valueOf(c))[0];
  }

  private static double share(List<String> texts, String text) {
    return texts.stream().filter(text::equals).count() / (double) texts.size();
  }

  private LanguageModel model(Family family) {
    LmConfig config =
        Models.config(family)
            .withVocabSize(bytes.vocabSize())
            .withMaxPositions(ScriptedModels.POSITIONS);
    return LanguageModel.random(config, 5, manager);
  }

  /** A model that answers {@code prompt} with this text and EOS, greedily. */
  private LanguageModel reciting(String prompt, String text) {
    int[] given = TextFormat.LINES.promptIds(bytes, prompt);
    IntStream said =
        IntStream.concat(
            Arrays.stream(given).skip(1),
            IntStream.concat(Arrays.stream(bytes.encode(text)), IntStream.of(bytes.eosId())));
    return ScriptedModels.reciting(bytes.vocabSize(), said.toArray(), 0.8, id('~'), manager);
  }
}
