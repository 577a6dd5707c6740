package org.coplms.proxy.lm;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.PromptEnd;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TextFormat;

/**
 * Text from a language model, in batches.
 *
 * <p>Every row has its own random numbers, split off from the seed in the order of the rows. Text
 * and EOS are all that a model can say: other special tokens are never chosen. Nothing is recorded
 * for differentiation, and no native memory outlives a call.
 */
public final class Generator {
  private static final int BATCH = 256;

  /** Characters of a prompt that an error shows. */
  private static final int SHOWN = 60;

  private final LanguageModel model;
  private final LmTokenizer tokenizer;
  private final TextFormat format;

  /** For prompts and responses on a line each. */
  public Generator(LanguageModel model, LmTokenizer tokenizer) {
    this(model, tokenizer, TextFormat.LINES);
  }

  /**
   * For prompts and responses in the given format.
   *
   * @param format the same for all models, or each model's own
   * @throws IllegalArgumentException when the tokenizer has ids that the model does not know
   */
  public Generator(LanguageModel model, LmTokenizer tokenizer, PromptFormat format) {
    if (tokenizer.vocabSize() > model.config().vocabSize()) {
      throw new IllegalArgumentException(
          "The tokenizer has %d ids, the model's vocab_size is %d: they do not belong together"
              .formatted(tokenizer.vocabSize(), model.config().vocabSize()));
    }
    this.model = model;
    this.tokenizer = tokenizer;
    this.format = format.of(tokenizer);
  }

  /**
   * The model's response to each prompt, without EOS, in the order of the prompts; it ends at EOS,
   * before a stop text, after {@code maxNewTokens}, or where the model's positions end.
   *
   * @throws IllegalArgumentException when a prompt leaves no position for a response
   */
  public List<String> answer(List<String> prompts, Decoding decoding, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Answer> answers = new ArrayList<>();
    for (String prompt : prompts) {
      answers.add(answer(answers.size(), prompt, decoding, random.split(), TextListener.NONE));
    }
    return run(answers, decoding);
  }

  /**
   * The same for prompts with seeds of their own, heard while they come; called on this thread.
   *
   * @throws IllegalArgumentException when a prompt leaves no position for a response
   */
  public List<String> answer(List<SeededPrompt> prompts, Decoding decoding, TextListener listener) {
    List<Answer> answers = new ArrayList<>();
    for (SeededPrompt prompt : prompts) {
      SplittableRandom random = new SplittableRandom(prompt.seed());
      answers.add(answer(answers.size(), prompt.text(), decoding, random, listener));
    }
    return run(answers, decoding);
  }

  /** Tokens that a prompt takes, BOS and separator included. */
  public int promptTokens(String prompt) {
    return format.promptIds(tokenizer, prompt).length;
  }

  /**
   * A row with the text of its response.
   *
   * @param text null where nobody needs it before the end
   */
  private record Answer(AnswerRow row, ResponseText text) {
    int givenLength() {
      return row.givenLength();
    }
  }

  private Answer answer(
      int place, String prompt, Decoding decoding, SplittableRandom random, TextListener listener) {
    int[] ids = format.promptIds(tokenizer, prompt);
    int most = model.config().maxPositions();
    if (ids.length >= most) {
      throw new IllegalArgumentException(
          "A prompt of %d tokens leaves no room for a response in the model's %d positions; shorten it: '%s'"
              .formatted(ids.length, most, beginning(prompt)));
    }
    int limit = Math.min(most, ids.length + decoding.maxNewTokens());
    boolean followed = !decoding.stop().isEmpty() || listener != TextListener.NONE;
    ResponseText text = followed ? new ResponseText(tokenizer, decoding.stop()) : null;
    AnswerRow.Hearing hearing = followed ? new AnswerRow.Hearing(text, place, listener) : null;
    return new Answer(
        new AnswerRow(ids, limit, tokenizer::isEnd, decoding.samples(), random, hearing), text);
  }

  private static String beginning(String prompt) {
    return prompt.length() <= SHOWN ? prompt : prompt.substring(0, SHOWN) + "…";
  }

  private List<String> run(List<Answer> answers, Decoding decoding) {
    List<Answer> byLength = new ArrayList<>(answers);
    byLength.sort(Comparator.comparingInt(Answer::givenLength));
    runRows(byLength.stream().map(Answer::row).toList(), decoding, new int[0]);
    return answers.stream().map(this::text).toList();
  }

  private String text(Answer answer) {
    return answer.text() == null ? tokenizer.decode(answer.row().response()) : answer.text().text();
  }

  /**
   * Prompts and responses from nothing: a prompt is drawn after BOS and the format's prefix (EOS,
   * where there is neither) until the separator's bytes appear, or its text and its first special
   * token, whose rest is given then. It is answered greedily until an end of text. What never
   * closes, has an empty side or malformed UTF-8 is left out, so that fewer than {@code count} may
   * come.
   *
   * @param temperature of the prompts, positive
   * @param maxTokens longest row, BOS and EOS included
   */
  public List<GeneratedPair> samplePairs(int count, double temperature, int maxTokens, long seed) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException(
          "Prompts are drawn at a positive temperature, got " + temperature);
    }
    SplittableRandom random = new SplittableRandom(seed);
    int[] prefix = format.prefixIds(tokenizer);
    int limit = Math.min(model.config().maxPositions(), maxTokens);
    PromptEnd end = format.promptEnd(tokenizer);
    String spaces = format.prefixSpaces();
    List<PairRow> rows =
        Stream.generate(() -> new PairRow(prefix, limit, tokenizer, end, spaces, random.split()))
            .limit(count)
            .toList();
    runRows(rows, new Decoding(temperature, 1, maxTokens), end.closing());
    return rows.stream().map(PairRow::pair).flatMap(Optional::stream).toList();
  }

  private void runRows(List<? extends DecodingRow> rows, Decoding decoding, int[] closing) {
    Torch.withoutRecording(
        () -> {
          try (NDManager manager = model.newManager()) {
            int vocabulary = model.config().vocabSize();
            NextToken next = new NextToken(vocabulary, tokenizer, decoding, closing, manager);
            for (int from = 0; from < rows.size(); from += BATCH) {
              int to = Math.min(rows.size(), from + BATCH);
              try (LockStep batch = new LockStep(model, next, rows.subList(from, to), manager)) {
                batch.run();
              }
            }
            return null;
          }
        });
  }
}
