package org.coplms.proxy.mutual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopKTest {
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

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 20, 39, 40, 41, 100})
  void equalsSortingTheWholeRowEvenWithManyTies(int k) {
    int rows = 50;
    int vocabulary = 40;
    SplittableRandom random = new SplittableRandom(k);
    // Few levels, so that most places are tied.
    float[] values = new float[rows * vocabulary];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(6);
    }
    TopK topK = TopK.of(manager.create(values, new Shape(rows, vocabulary)), k, 1);
    assertThat(topK.k()).isEqualTo(Math.min(k, vocabulary));
    assertThat(topK.positions()).isEqualTo(rows);
    for (int row = 0; row < rows; row++) {
      int from = row * vocabulary;
      List<Integer> expected =
          IntStream.range(0, vocabulary)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(id -> -values[from + id])
                      .thenComparing(Comparator.naturalOrder()))
              .limit(k)
              .toList();
      assertThat(ids(topK, row)).isEqualTo(expected);
    }
  }

  @Test
  void logProbabilitiesAreExactOverTheWholeVocabularyAtTheTemperature() {
    NDArray logits = manager.create(new float[] {1, 3, 2, 0}, new Shape(1, 4));
    TopK topK = TopK.of(logits, 2, 2);
    double normalizer = Math.log(Math.exp(0.5) + Math.exp(1.5) + Math.exp(1) + 1);
    assertThat(ids(topK, 0)).containsExactly(1, 2);
    assertThat((double) topK.logProb(0, 0)).isCloseTo(1.5 - normalizer, within(1e-6));
    assertThat((double) topK.logProb(0, 1)).isCloseTo(1 - normalizer, within(1e-6));
    double tail = Math.log((Math.exp(0.5) + 1) / Math.exp(normalizer));
    assertThat((double) topK.tailLogMass(0)).isCloseTo(tail, within(1e-5));
  }

  @Test
  void theTailOfAFullRowIsTheFloor() {
    TopK all = TopK.of(manager.create(new float[] {1, 2}, new Shape(1, 2)), 5, 1);
    assertThat((double) all.tailLogMass(0)).isCloseTo(Math.log(1e-6), within(1e-5));
  }

  @Test
  void goldIsTheLabelsLogProbability() {
    NDArray logits = manager.create(new float[] {1, 3, 2, 0, 0, 0}, new Shape(2, 3));
    TopK topK = TopK.withGold(logits, manager.create(new long[] {2, 1}), 1, 1);
    assertThat(topK.hasGold()).isTrue();
    assertThat((double) topK.goldLogProb(0))
        .isCloseTo(2 - Math.log(Math.E + Math.exp(3) + Math.exp(2)), within(1e-6));
    assertThat((double) topK.goldLogProb(1)).isCloseTo(-Math.log(3), within(1e-6));
    assertThat(TopK.of(logits, 1, 1).hasGold()).isFalse();
  }

  @Test
  void noPositionsGiveNoRows() {
    TopK none = TopK.of(manager.zeros(new Shape(0, 5)), 3, 1);
    assertThat(none.positions()).isZero();
    assertThat(none.k()).isEqualTo(3);
  }

  @Test
  void leavesNoArraysBehind() {
    NDArray logits = manager.create(new float[] {1, 1, 1, 0}, new Shape(1, 4));
    NDArray labels = manager.create(new long[] {2});
    int before = manager.getManagedArrays().size();
    for (int i = 0; i < 100; i++) {
      TopK.withGold(logits, labels, 2, 2);
    }
    assertThat(manager.getManagedArrays()).hasSize(before);
  }

  @Test
  void recordsNothing() {
    NDArray logits = manager.ones(new Shape(2, 4));
    logits.setRequiresGradient(true);
    Torch.recording(() -> TopK.of(logits, 2, 1));
    assertThat(logits.hasGradient()).isTrue();
    assertThat(logits.getGradient().toFloatArray()).containsOnly(0f);
  }

  @Test
  void logitsThatAreNotNumbersAreRefused() {
    NDArray logits = manager.create(new float[] {1, 2, 3, Float.NaN}, new Shape(2, 2));
    assertThatThrownBy(() -> TopK.of(logits, 1, 1))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("position 1");
  }

  private static List<Integer> ids(TopK topK, int row) {
    return IntStream.range(0, topK.k()).map(rank -> topK.id(row, rank)).boxed().toList();
  }
}
