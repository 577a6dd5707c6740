package org.coplms.proxy.lm;

import ai.djl.ndarray.NDManager;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.LmTokenizer;
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
   * @throws IllegalArgumentException when the tokenizer has ids that the model does not know
   */
  public Generator(LanguageModel model, LmTokenizer tokenizer, TextFormat format) {
    if (tokenizer.vocabSize() > model.config().vocabSize()) {
      throw new IllegalArgumentException(
          "The tokenizer has %d ids, the model's vocab_size is %d: they do not belong together"
              .formatted(tokenizer.vocabSize(), model.config().vocabSize()));
    }
    this.model = model;
    this.tokenizer = tokenizer;
    this.format = format;
  }

  /**
   * The model's response to each prompt, without EOS, in the order of the prompts; it ends at EOS,
   * after {@code maxNewTokens}, or where the model's positions end.
   *
   * @throws IllegalArgumentException when a prompt leaves no position for a response
   */
  public List<String> answer(List<String> prompts, Decoding decoding, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<AnswerRow> rows = new ArrayList<>();
    for (String prompt : prompts) {
      rows.add(answerRow(prompt, decoding, random.split()));
    }
    List<AnswerRow> byLength = new ArrayList<>(rows);
    byLength.sort(Comparator.comparingInt(DecodingRow::givenLength));
    run(byLength, decoding);
    return rows.stream().map(row -> tokenizer.decode(row.response())).toList();
  }

  private AnswerRow answerRow(String prompt, Decoding decoding, SplittableRandom random) {
    int[] ids = format.promptIds(tokenizer, prompt);
    int most = model.config().maxPositions();
    if (ids.length >= most) {
      throw new IllegalArgumentException(
          "A prompt of %d tokens leaves no room for a response in the model's %d positions: '%s'"
              .formatted(ids.length, most, prompt));
    }
    int limit = Math.min(most, ids.length + decoding.maxNewTokens());
    return new AnswerRow(ids, limit, tokenizer.eosId(), decoding.temperature() > 0, random);
  }

  /**
   * Prompts and responses from nothing: a prompt is drawn after BOS (or EOS, where there is no BOS)
   * until the separator's bytes appear, then it is answered greedily until EOS. What never closes,
   * has an empty side or malformed UTF-8 is left out, so that fewer than {@code count} may come.
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
    int first = tokenizer.bosId().orElse(tokenizer.eosId());
    int limit = Math.min(model.config().maxPositions(), maxTokens);
    byte[] separator = format.separator().getBytes(StandardCharsets.UTF_8);
    List<PairRow> rows =
        Stream.generate(() -> new PairRow(first, limit, tokenizer, separator, random.split()))
            .limit(count)
            .toList();
    run(rows, new Decoding(temperature, 1, maxTokens));
    return rows.stream().map(PairRow::pair).flatMap(Optional::stream).toList();
  }

  private void run(List<? extends DecodingRow> rows, Decoding decoding) {
    Torch.withoutRecording(
        () -> {
          try (NDManager manager = model.newManager()) {
            int vocabulary = model.config().vocabSize();
            NextToken next = new NextToken(vocabulary, tokenizer, decoding, manager);
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
