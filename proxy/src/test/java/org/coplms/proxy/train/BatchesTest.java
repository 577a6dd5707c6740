package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {
  @ParameterizedTest
  @CsvSource({"10, 3", "10, 5", "7, 24", "1, 4", "100, 1"})
  void everyEpochOfTheStreamShowsEachExampleOnce(int examples, int size) {
    Batches batches = new Batches(examples, size, 5);
    int epochs = 6;
    int[] stream =
        IntStream.range(0, epochs * examples / size + 1)
            .flatMap(i -> Arrays.stream(batches.next()))
            .toArray();
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] seen = Arrays.copyOfRange(stream, epoch * examples, (epoch + 1) * examples);
      Arrays.sort(seen);
      assertThat(seen).containsExactly(IntStream.range(0, examples).toArray());
    }
  }

  @Test
  void everyBatchHasTheSameSize() {
    Batches batches = new Batches(10, 4, 1);
    for (int i = 0; i < 9; i++) {
      assertThat(batches.next()).hasSize(4);
    }
  }

  @Test
  void epochsAreOrderedDifferently() {
    Batches batches = new Batches(50, 50, 9);
    assertThat(batches.next()).isNotEqualTo(batches.next());
  }

  @Test
  void theSameSeedRepeatsAndAnotherDoesNot() {
    assertThat(new Batches(50, 20, 9).next()).containsExactly(new Batches(50, 20, 9).next());
    assertThat(new Batches(50, 20, 9).next()).isNotEqualTo(new Batches(50, 20, 10).next());
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "3", "17"})
  void skippingEqualsTakingBatches(int skipped) {
    Batches taken = new Batches(10, 3, 4);
    Batches jumped = new Batches(10, 3, 4);
    for (int i = 0; i < skipped; i++) {
      taken.next();
    }
    jumped.skip(skipped);
    for (int i = 0; i < 10; i++) {
      assertThat(jumped.next()).containsExactly(taken.next());
    }
  }

  @Test
  void perEpochCountsTheLastShortBatch() {
    assertThat(new Batches(10, 3, 0).perEpoch()).isEqualTo(4);
    assertThat(new Batches(9, 3, 0).perEpoch()).isEqualTo(3);
    assertThat(new Batches(2, 3, 0).perEpoch()).isEqualTo(1);
  }

  @Test
  void nothingToDrawFromIsRefused() {
    assertThatThrownBy(() -> new Batches(0, 3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 examples and size 3");
  }
}
