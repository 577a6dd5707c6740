package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchLogitsTest {
  private static final int VOCABULARY = 11;
  private static final double TOLERANCE = 1e-5;

  // Prompt 1 5 6, response 7 8, EOS 2.
  private static final TokenizedExample WHOLE =
      new TokenizedExample("whole", new int[] {1, 5, 6, 7, 8, 2}, 3, new int[] {1, 2}, false);
  // Prompt 1 5, response 9 cut.
  private static final TokenizedExample CUT =
      new TokenizedExample("cut", new int[] {1, 5, 9}, 2, new int[] {1}, true);
  // The response holds the id that padding has, and EOS is that id too.
  private static final TokenizedExample PADDING_ID =
      new TokenizedExample("pad", new int[] {1, 0, 0, 0}, 2, new int[] {1}, false);
  private static final TokenizedExample LONG =
      new TokenizedExample(
          "long",
          new int[] {1, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8, 7, 2},
          9,
          new int[] {1, 2, 3},
          false);

  private NDManager manager;
  private LanguageModel model;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
    model = LanguageModel.random(LmConfig.of(Family.LLAMA, VOCABULARY, 16, 2, 2, 32), 3, manager);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void labelsAreTheNextIdsOfTheResponse() {
    BatchLogits batch = batch(LossScope.RESPONSE, WHOLE, CUT);
    assertThat(batch.labels().toLongArray()).containsExactly(7, 8, 2, 9);
    assertThat(batch.logits().getShape()).isEqualTo(new Shape(4, VOCABULARY));
    assertThat(batch.tokens()).isEqualTo(7);
  }

  @Test
  void everyNextIdIsALabelInFullText() {
    BatchLogits batch = batch(LossScope.TEXT, WHOLE, CUT);
    assertThat(batch.labels().toLongArray()).containsExactly(5, 6, 7, 8, 2, 5, 9);
    assertThat(batch.tokens()).isEqualTo(7);
  }

  @Test
  void paddingIsKnownByLengthNotById() {
    BatchLogits batch = batch(LossScope.RESPONSE, PADDING_ID, WHOLE);
    assertThat(batch.labels().toLongArray()).containsExactly(0, 0, 7, 8, 2);
    assertThat(batch.tokens()).isEqualTo(3 + 5);
  }

  @Test
  void countedPositionsAreThoseOfTheLabels() {
    for (TokenizedExample example : List.of(WHOLE, CUT, PADDING_ID, LONG)) {
      for (LossScope scope : LossScope.values()) {
        assertThat(BatchLogits.countedPositions(example, scope))
            .as("%s of %s", scope, example.key())
            .isEqualTo(batch(scope, example).labels().size());
      }
    }
  }

  @Test
  void logitsAreThoseOfTheWholeForwardPassAtThePositionsBeforeTheLabels() {
    BatchLogits batch = batch(LossScope.RESPONSE, WHOLE, CUT);
    float[][] whole = everyLogit(WHOLE); // predict 5 6 7 8 2
    float[][] cut = everyLogit(CUT); // predict 5 9
    float[][] expected = {whole[2], whole[3], whole[4], cut[1]};
    for (int row = 0; row < expected.length; row++) {
      assertThat(batch.logits().get(row).toFloatArray())
          .as("row " + row)
          .containsExactly(expected[row], within((float) TOLERANCE));
    }
    double nats = 0;
    int[] labels = {7, 8, 2, 9};
    for (int row = 0; row < labels.length; row++) {
      nats -= logSoftmax(expected[row], labels[row]) / labels.length;
    }
    assertThat((double) batch.crossEntropy().getFloat()).isCloseTo(nats, within(TOLERANCE));
  }

  @Test
  void rowsAreFoundByExampleAndToken() {
    BatchLogits batch = batch(LossScope.RESPONSE, WHOLE, CUT);
    NDArray rows = batch.at(new long[] {batch.position(1, 1), batch.position(0, 3)});
    assertThat(rows.get(0).toFloatArray()).containsExactly(batch.logits().get(3).toFloatArray());
    assertThat(rows.get(1).toFloatArray()).containsExactly(batch.logits().get(1).toFloatArray());
  }

  @Test
  void aPositionThatIsNotCountedHasNoRow() {
    BatchLogits batch = batch(LossScope.RESPONSE, WHOLE, CUT);
    long ofPrompt = batch.position(0, 0);
    long ofPadding = batch.position(1, 4);
    assertThatThrownBy(() -> batch.at(new long[] {ofPrompt}))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> batch.at(new long[] {ofPadding}))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void paddingWidthAndOrderLeaveTheLossUnchanged() {
    double alone = loss(WHOLE, CUT);
    double padded = loss(WHOLE, CUT, LONG);
    double expected = (4 * alone + 4 * loss(LONG)) / 8;
    assertThat(padded).isCloseTo(expected, within(TOLERANCE));
    assertThat(loss(LONG, CUT, WHOLE)).isCloseTo(padded, within(TOLERANCE));
    assertThat(loss(CUT, LONG, WHOLE)).isCloseTo(padded, within(TOLERANCE));
  }

  @Test
  void paddingWidthAndOrderLeaveTheGradientUnchanged() {
    double[] alone = gradient(WHOLE, CUT);
    double[] other = gradient(LONG);
    double[] expected = new double[alone.length];
    Arrays.setAll(expected, i -> (alone[i] + other[i]) / 2); // 4 counted positions each
    assertThat(gradient(WHOLE, CUT, LONG)).containsExactly(expected, within(TOLERANCE));
    assertThat(gradient(LONG, WHOLE, CUT)).containsExactly(expected, within(TOLERANCE));
    assertThat(Arrays.stream(expected).map(Math::abs).max().orElseThrow()).isGreaterThan(1e-2);
  }

  @Test
  void gradientsSurviveCollectedBuffersBetweenForwardAndBackward() {
    double[] expected = gradient(WHOLE, CUT, LONG);
    for (int attempt = 0; attempt < 5; attempt++) {
      try (NDManager step = manager.newSubManager()) {
        recorded(true);
        NDArray loss =
            Torch.recording(
                () ->
                    BatchLogits.of(model, List.of(WHOLE, CUT, LONG), LossScope.RESPONSE, step)
                        .crossEntropy());
        overwriteFreedBuffers();
        assertThat(gradientOf(loss)).containsExactly(expected);
      }
    }
  }

  @Test
  void everythingBelongsToTheStep() {
    loss(WHOLE, CUT); // the model keeps its table of positions
    int before = manager.getManagedArrays().size();
    try (NDManager step = manager.newSubManager()) {
      BatchLogits batch = BatchLogits.of(model, List.of(WHOLE, CUT), LossScope.TEXT, step);
      batch.crossEntropy();
      batch.at(new long[] {0});
    }
    assertThat(manager.getManagedArrays().size()).isEqualTo(before);
  }

  private BatchLogits batch(LossScope scope, TokenizedExample... examples) {
    return BatchLogits.of(model, List.of(examples), scope, manager);
  }

  private double loss(TokenizedExample... examples) {
    return batch(LossScope.RESPONSE, examples).crossEntropy().getFloat();
  }

  private double[] gradient(TokenizedExample... examples) {
    recorded(true);
    try (NDManager step = manager.newSubManager()) {
      return gradientOf(
          Torch.recording(
              () ->
                  BatchLogits.of(model, List.of(examples), LossScope.RESPONSE, step)
                      .crossEntropy()));
    }
  }

  /** Of every parameter, which are then frozen again with no gradient left. */
  private double[] gradientOf(NDArray loss) {
    Torch.backward(loss);
    double[] all =
        model.baseParameters().values().stream()
            .flatMapToDouble(BatchLogitsTest::takeGradient)
            .toArray();
    recorded(false);
    return all;
  }

  private static DoubleStream takeGradient(NDArray parameter) {
    try (NDArray gradient = parameter.getGradient()) {
      float[] values = gradient.toFloatArray();
      gradient.subi(gradient.duplicate());
      return IntStream.range(0, values.length).mapToDouble(i -> values[i]);
    }
  }

  private void recorded(boolean on) {
    Trainables.require(model.baseParameters(), on);
  }

  private float[][] everyLogit(TokenizedExample example) {
    long[] ids = Arrays.stream(example.ids()).asLongStream().limit(example.length() - 1L).toArray();
    NDArray logits = model.logits(model.hidden(manager.create(ids, new Shape(1, ids.length))));
    float[] flat = logits.toFloatArray(); // (1, T, V)
    float[][] rows = new float[ids.length][];
    Arrays.setAll(rows, t -> Arrays.copyOfRange(flat, t * VOCABULARY, (t + 1) * VOCABULARY));
    return rows;
  }

  private static double logSoftmax(float[] logits, int label) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return logits[label] - Math.log(sum);
  }

  private static void overwriteFreedBuffers() {
    System.gc();
    for (int i = 0; i < 256; i++) {
      ByteBuffer reused = ByteBuffer.allocateDirect(1 << (i % 12));
      while (reused.hasRemaining()) {
        reused.put((byte) 0xff);
      }
    }
  }
}
