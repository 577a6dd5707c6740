package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.coplms.proxy.tensor.Rows;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Legend: B examples, T tokens, V vocabulary, N counted positions. */
class CrossEntropyTest {
  private static final int VOCABULARY = 7;
  private static final int[] LENGTHS = {5, 2, 4};
  private static final int COUNTED = 11;

  private NDManager manager;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void isTheMeanNegativeLogProbabilityInNats() {
    NDArray logits = manager.create(new float[] {1, 2, 3, 0, 0, 0}, new Shape(2, 3));
    double first = Math.log(Math.E + Math.exp(2) + Math.exp(3)) - 3;
    NDArray loss = CrossEntropy.loss(logits, manager.create(new long[] {2, 1}));
    assertThat((double) loss.getFloat()).isCloseTo((first + Math.log(3)) / 2, within(1e-6));
  }

  @Test
  void gradientIsSoftmaxMinusOneHotOverTheCount() {
    NDArray logits = manager.create(new double[] {1, 2, 3, 0, 0, 0}, new Shape(2, 3));
    logits.setRequiresGradient(true);
    NDArray labels = manager.create(new long[] {2, 1});
    Torch.backward(Torch.recording(() -> CrossEntropy.loss(logits, labels)));
    double sum = Math.E + Math.exp(2) + Math.exp(3);
    double third = 1.0 / 3;
    assertThat(logits.getGradient().toDoubleArray())
        .containsExactly(
            new double[] {
              Math.E / sum / 2,
              Math.exp(2) / sum / 2,
              (Math.exp(3) / sum - 1) / 2,
              third / 2,
              (third - 1) / 2,
              third / 2
            },
            within(1e-12));
  }

  @Test
  void noPositionsGiveZeroWithoutGradient() {
    NDArray none = manager.zeros(new Shape(0, VOCABULARY));
    none.setRequiresGradient(true);
    NDArray labels = manager.create(new long[0]);
    NDArray loss = Torch.recording(() -> CrossEntropy.loss(none, labels));
    Torch.backward(loss);
    assertThat(loss.getFloat()).isZero();
    assertThat(none.getGradient().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 9, 32})
  void paddingWidthLeavesLossAndGradientUnchanged(int width) {
    Result narrow = batch(5, 0, 3, COUNTED);
    Result wide = batch(width, 0, 3, COUNTED);
    assertThat(wide.loss()).isCloseTo(narrow.loss(), within(1e-12));
    assertThat(wide.gradient()).containsExactly(narrow.gradient(), within(1e-12));
  }

  @Test
  void splittingABatchLeavesLossAndGradientUnchanged() {
    Result whole = batch(5, 0, 3, COUNTED);
    double loss = 0;
    double[] gradient = new double[VOCABULARY * VOCABULARY];
    for (int row = 0; row < LENGTHS.length; row++) {
      Result part = batch(LENGTHS[row], row, row + 1, COUNTED);
      loss += part.loss();
      double[] share = part.gradient();
      Arrays.setAll(gradient, i -> gradient[i] + share[i]);
    }
    assertThat(loss).isCloseTo(whole.loss(), within(1e-12));
    assertThat(gradient).containsExactly(whole.gradient(), within(1e-12));
  }

  @Test
  void accumulatingInTorchEqualsOneBackwardPass() {
    Result whole = batch(5, 0, 3, COUNTED);
    NDArray weights = weights();
    for (int row = 0; row < LENGTHS.length; row++) {
      NDArray loss = loss(weights, 7, row, row + 1, COUNTED);
      Torch.backward(loss);
    }
    assertThat(weights.getGradient().toDoubleArray())
        .containsExactly(whole.gradient(), within(1e-12));
  }

  private record Result(double loss, NDArray weights) {
    double[] gradient() {
      return weights.getGradient().toDoubleArray();
    }
  }

  private Result batch(int width, int from, int to, long count) {
    NDArray weights = weights();
    NDArray loss = loss(weights, width, from, to, count);
    Torch.backward(loss);
    return new Result(loss.getDouble(), weights);
  }

  /** A bigram model: the logits after token i are row i of its weights, (V, V). */
  private NDArray weights() {
    double[] values = new SplittableRandom(1).doubles(VOCABULARY * VOCABULARY).toArray();
    NDArray weights = manager.create(values, new Shape(VOCABULARY, VOCABULARY)).duplicate();
    weights.setRequiresGradient(true);
    return weights;
  }

  /** Examples from..to−1 of a fixed batch, padded to a width; the last token predicts nothing. */
  private static NDArray loss(NDArray weights, int width, int from, int to, long count) {
    long[] inputs = new long[(to - from) * width];
    long[] positions = new long[inputs.length];
    long[] labels = new long[inputs.length];
    int counted = 0;
    for (int row = from; row < to; row++) {
      SplittableRandom random = new SplittableRandom(row);
      for (int t = 0; t < LENGTHS[row]; t++) {
        inputs[(row - from) * width + t] = random.nextInt(VOCABULARY);
        positions[counted] = (long) (row - from) * width + t;
        labels[counted++] = random.nextInt(VOCABULARY);
      }
    }
    long[] rows = Arrays.copyOf(positions, counted);
    NDArray gold = weights.getManager().create(Arrays.copyOf(labels, counted)); // (N)
    return Torch.recording(
        () -> {
          NDArray all = Rows.take(weights, inputs); // (B·T, V)
          return CrossEntropy.loss(Rows.take(all, rows), gold, count);
        });
  }
}
