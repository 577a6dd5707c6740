package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.Rows;
import org.coplms.proxy.tokenizer.TokenizedExample;

/**
 * Next-token logits of one batch at the positions that count.
 *
 * <p>Legend: B examples, T input tokens after right padding, N counted positions, V vocabulary. A
 * position is the flat index {@code example · T + token} of the input token whose logits predict
 * the next one. Only counted positions reach the head, so no (B, T, V) array exists.
 */
public final class BatchLogits {
  private final int width;
  private final long tokens;
  private final long[] positions;
  private final NDArray logits;
  private final NDArray labels;

  private BatchLogits(int width, long tokens, long[] positions, NDArray logits, NDArray labels) {
    this.width = width;
    this.tokens = tokens;
    this.positions = positions;
    this.logits = logits;
    this.labels = labels;
  }

  /** One forward pass; every array belongs to {@code step}. */
  public static BatchLogits of(
      LanguageModel model, List<TokenizedExample> batch, LossScope scope, NDManager step) {
    int width = batch.stream().mapToInt(TokenizedExample::length).max().orElseThrow() - 1;
    long[] inputs = new long[batch.size() * width];
    LongStream.Builder positions = LongStream.builder();
    LongStream.Builder labels = LongStream.builder();
    long tokens = 0;
    for (int row = 0; row < batch.size(); row++) {
      int[] ids = batch.get(row).ids();
      int from = firstCounted(batch.get(row), scope);
      for (int t = 0; t < ids.length - 1; t++) {
        inputs[row * width + t] = ids[t];
        if (t >= from) {
          positions.add((long) row * width + t);
          labels.add(ids[t + 1]);
        }
      }
      tokens += ids.length - 1;
    }
    long[] counted = positions.build().toArray();
    NDArray hidden = model.hidden(step.create(inputs, new Shape(batch.size(), width))); // (B, T, H)
    NDArray rows = hidden.reshape(-1, hidden.getShape().get(2)); // (B·T, H)
    NDArray logits = model.logits(Rows.take(rows, counted)); // (N, V)
    return new BatchLogits(width, tokens, counted, logits, step.create(labels.build().toArray()));
  }

  /** Positions of one example that count. */
  public static int countedPositions(TokenizedExample example, LossScope scope) {
    return example.length() - 1 - firstCounted(example, scope);
  }

  private static int firstCounted(TokenizedExample example, LossScope scope) {
    return scope == LossScope.TEXT ? 0 : example.promptLength() - 1;
  }

  /** Mean over the counted positions, in nats; shape (). */
  public NDArray crossEntropy() {
    return CrossEntropy.loss(logits, labels);
  }

  /** (N, V), positions ascending. */
  public NDArray logits() {
    return logits;
  }

  /** (N) int64, the token that follows each position. */
  public NDArray labels() {
    return labels;
  }

  /** Flat position of a token of an example of this batch. */
  public long position(int example, int token) {
    return (long) example * width + token;
  }

  /** The logits at some of the counted positions, (P, V). */
  public NDArray at(long[] wanted) {
    long[] rows = new long[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      rows[i] = Arrays.binarySearch(positions, wanted[i]);
      if (rows[i] < 0) {
        throw new IllegalStateException("Position " + wanted[i] + " of the batch is not counted");
      }
    }
    return Rows.take(logits, rows);
  }

  /** Input tokens without padding. */
  public long tokens() {
    return tokens;
  }
}
