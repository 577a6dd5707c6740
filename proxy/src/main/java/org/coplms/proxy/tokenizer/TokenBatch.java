package org.coplms.proxy.tokenizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Examples as the arrays of one training step, rows padded on the right; B examples, T the longest
 * one's ids but the last. What is padding is known by length, never by the padding token's id.
 *
 * @param inputIds (B, T) int64: the ids but the last
 * @param labels (B, T) int64: the next id at each position, 0 where not counted
 * @param mask (B, T) float32: 1 where the label counts, else 0
 * @param tokens number of input tokens that are no padding
 * @param counted number of labels that count: the sum of {@code mask}
 */
public record TokenBatch(
    NDArray inputIds, NDArray labels, NDArray mask, long tokens, long counted) {

  /**
   * Builds the arrays, which belong to {@code manager}.
   *
   * @param onlyResponse whether only the tokens of the response and its EOS count as labels, or
   *     every token after the first
   */
  public static TokenBatch of(
      List<TokenizedExample> examples, int padId, boolean onlyResponse, NDManager manager) {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("A batch needs at least one example");
    }
    int rows = examples.size();
    int width = examples.stream().mapToInt(TokenizedExample::length).max().orElseThrow() - 1;
    long[] inputs = new long[rows * width];
    long[] labels = new long[rows * width];
    float[] mask = new float[rows * width];
    Arrays.fill(inputs, padId);
    long tokens = 0;
    long counted = 0;
    for (int row = 0; row < rows; row++) {
      TokenizedExample example = examples.get(row);
      int[] ids = example.ids();
      int firstCounted = onlyResponse ? example.promptLength() - 1 : 0;
      for (int position = 0; position < ids.length - 1; position++) {
        int cell = row * width + position;
        inputs[cell] = ids[position];
        if (position >= firstCounted) {
          labels[cell] = ids[position + 1];
          mask[cell] = 1;
          counted++;
        }
      }
      tokens += ids.length - 1;
    }
    Shape shape = new Shape(rows, width); // (B, T)
    return new TokenBatch(
        owned(manager.create(inputs, shape)),
        owned(manager.create(labels, shape)),
        owned(manager.create(mask, shape)),
        tokens,
        counted);
  }

  // What create() returns shares a Java buffer, which a recorded graph may outlive.
  private static NDArray owned(NDArray heapBacked) {
    try (heapBacked) {
      return heapBacked.duplicate();
    }
  }
}
