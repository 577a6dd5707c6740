package org.coplms.proxy.mutual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.stream.LongStream;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopKCodecTest {
  private static final int POSITIONS = 30;
  private static final int VOCABULARY = 50;

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
  @CsvSource({"64, 65536, 260", "64, 65537, 388", "64, 151936, 388", "1, 2, 8"})
  void aPositionTakesKTimesIdAndHalfAndFourMoreBytes(int k, int vocabulary, int bytes) {
    assertThat(new TopKCodec(k, vocabulary).bytesPerPosition()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"50", "70000"})
  void idsSurviveAndLogProbabilitiesLoseAtMostHalfAUnit(int vocabSize) {
    TopK rows = rows(3, 8);
    TopKCodec codec = new TopKCodec(8, vocabSize);
    byte[] bytes = codec.encode(rows);
    assertThat(bytes).hasSize(POSITIONS * codec.bytesPerPosition());
    TopK decoded = codec.decode(bytes);
    assertThat(decoded.positions()).isEqualTo(POSITIONS);
    for (int row = 0; row < POSITIONS; row++) {
      for (int rank = 0; rank < 8; rank++) {
        assertThat(decoded.id(row, rank)).isEqualTo(rows.id(row, rank));
        assertClose(decoded.logProb(row, rank), rows.logProb(row, rank));
      }
      assertClose(decoded.tailLogMass(row), rows.tailLogMass(row));
      assertClose(decoded.goldLogProb(row), rows.goldLogProb(row));
    }
  }

  @Test
  void encodingTheDecodedRowsGivesTheSameBytes() {
    TopKCodec codec = new TopKCodec(8, VOCABULARY);
    byte[] bytes = codec.encode(rows(4, 8));
    assertThat(codec.encode(codec.decode(bytes))).isEqualTo(bytes);
  }

  @Test
  void theHighestIdsSurvive() {
    int vocabulary = 1 << Short.SIZE;
    float[] logits = new float[vocabulary];
    logits[vocabulary - 1] = 9;
    logits[vocabulary / 2] = 8;
    NDArray array = manager.create(logits, new Shape(1, vocabulary));
    TopK rows = TopK.withGold(array, manager.create(new long[] {3}), 2, 1);
    TopKCodec codec = new TopKCodec(2, vocabulary);
    TopK decoded = codec.decode(codec.encode(rows));
    assertThat(decoded.id(0, 0)).isEqualTo(vocabulary - 1);
    assertThat(decoded.id(0, 1)).isEqualTo(vocabulary / 2);
  }

  @Test
  void aPooledKlFromTheCacheIsThatOfTheExactRowsUpToRounding() {
    NDArray own = logits(5);
    TopK rows = rows(6, 16);
    TopKCodec codec = new TopKCodec(16, VOCABULARY);
    VocabularyMap identity = VocabularyMap.identity(VOCABULARY);
    double exact = PooledKl.loss(own, rows, identity, 1).getFloat();
    double cached = PooledKl.loss(own, codec.decode(codec.encode(rows)), identity, 1).getFloat();
    assertThat(cached).isCloseTo(exact, within(1e-2 * exact));
  }

  @Test
  void noPositionsTakeNoBytes() {
    TopKCodec codec = new TopKCodec(4, VOCABULARY);
    byte[] bytes = codec.encode(TopK.of(manager.zeros(new Shape(0, VOCABULARY)), 4, 1));
    assertThat(bytes).isEmpty();
    assertThat(codec.decode(bytes).positions()).isZero();
  }

  @Test
  void bytesOfAnotherKAreRefused() {
    byte[] bytes = new byte[new TopKCodec(8, VOCABULARY).bytesPerPosition()];
    assertThatThrownBy(() -> new TopKCodec(7, VOCABULARY).decode(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another K or vocabulary");
  }

  @Test
  void rowsWithoutGoldOrOfAnotherKAreRefused() {
    TopKCodec codec = new TopKCodec(4, VOCABULARY);
    assertThatThrownBy(() -> codec.encode(TopK.of(logits(1), 4, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without");
    assertThatThrownBy(() -> codec.encode(rows(1, 5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("top-5");
  }

  private static void assertClose(float decoded, float exact) {
    double bound = Math.max(Math.abs((double) exact) * 0x1p-11, 0x1p-25);
    assertThat((double) decoded).isCloseTo(exact, within(bound));
  }

  private TopK rows(long seed, int k) {
    return TopK.withGold(
        logits(seed), manager.create(LongStream.range(0, POSITIONS).toArray()), k, 1);
  }

  private NDArray logits(long seed) {
    double[] values = RandomLogits.values(seed, POSITIONS, VOCABULARY);
    return RandomLogits.float32(values, POSITIONS, manager);
  }
}
