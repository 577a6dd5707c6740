package org.coplms.proxy.mutual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PooledKlTest {
  private static final int POSITIONS = 5;
  private static final int VOCABULARY = 12;
  private static final int PEER_VOCABULARY = 17;
  private static final VocabularyMap IDENTITY = VocabularyMap.identity(VOCABULARY);

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
  @CsvSource({"1, 1.0", "2, 1.0", "3, 2.0", "4, 0.5", "5, 4.0"})
  void isNotNegative(long seed, double temperature) {
    NDArray own = float64(seed, VOCABULARY);
    NDArray peerLogits = float64(seed + 100, PEER_VOCABULARY);
    for (int k = 1; k <= PEER_VOCABULARY; k++) {
      TopK peer = TopK.of(peerLogits, k, temperature);
      double kl = PooledKl.loss(own, peer, PooledKlTest::lossy, temperature, POSITIONS).getDouble();
      assertThat(kl).isGreaterThanOrEqualTo(-1e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 12, 64})
  void isZeroWithoutGradientForIdenticalBuckets(int k) {
    NDArray own = float64(1, VOCABULARY);
    TopK same = TopK.of(own, k, 2);
    assertThat(PooledKl.loss(own, same, IDENTITY, 2).getDouble()).isCloseTo(0, within(1e-6));
    assertThat(RandomLogits.gradient(own, logits -> PooledKl.loss(logits, same, IDENTITY, 2)))
        .containsExactly(new double[POSITIONS * VOCABULARY], within(1e-7));
  }

  @Test
  void bucketsThatAgreeAfterPoolingAreIdentical() {
    // Peer (.3, .2, .5) with tokens 0 and 1 both meaning own token 2: buckets (2: .5), rest .5.
    IntUnaryOperator map = id -> id == 2 ? -1 : 2;
    TopK all = TopK.of(logOf(0.3, 0.2, 0.5), 3, 1);
    NDArray own = logOf(0.1, 0.4, 0.5);
    assertThat(PooledKl.loss(own, all, map, 1, 1).getDouble()).isCloseTo(0, within(1e-7));
  }

  @Test
  void equalsTheFormulaComputedByHand() {
    // Kept .6 → u=1, .3 → none; rest .1. P_1 = .6, P_0 = .4. Q_1 = .2, Q_0 = .8.
    TopK peer = TopK.of(logOf(0.6, 0.3, 0.1), 2, 1);
    NDArray own = logOf(0.5, 0.2, 0.3);
    double expected = 0.6 * Math.log(0.6 / 0.2) + 0.4 * Math.log(0.4 / 0.8);
    IntUnaryOperator map = id -> id == 0 ? 1 : -1;
    assertThat(PooledKl.loss(own, peer, map, 1, 1).getDouble()).isCloseTo(expected, within(1e-7));
    assertThat(PooledRows.of(peer, map).mappedMass()).isCloseTo(0.6, within(1e-7));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2})
  void equalsDenseAtFullKWithTheIdentityMap(double temperature) {
    NDArray own = float64(3, VOCABULARY);
    NDArray peer = float64(4, VOCABULARY);
    TopK all = TopK.of(peer, VOCABULARY, temperature);
    double dense = DenseKl.loss(own, peer, temperature, DenseKl.Direction.FORWARD).getDouble();
    double pooled = PooledKl.loss(own, all, IDENTITY, temperature).getDouble();
    assertThat(pooled).isCloseTo(dense, within(2e-6));
  }

  @Test
  void isAtMostDenseAndGrowsWithK() {
    NDArray own = float64(5, VOCABULARY);
    NDArray peer = float64(6, VOCABULARY);
    double dense = DenseKl.loss(own, peer, 1, DenseKl.Direction.FORWARD).getDouble();
    double previous = 0;
    for (int k = 1; k <= VOCABULARY; k++) {
      double pooled = PooledKl.loss(own, TopK.of(peer, k, 1), IDENTITY, 1).getDouble();
      assertThat(pooled).isBetween(previous - 2e-6, dense + 2e-6);
      previous = pooled;
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1.0", "4, 1.0", "4, 2.0", "17, 1.0", "17, 0.5"})
  void gradientEqualsFiniteDifferences(int k, double temperature) {
    double[] values = RandomLogits.values(7, POSITIONS, VOCABULARY);
    TopK peer = TopK.of(float64(8, PEER_VOCABULARY), k, temperature);
    Function<NDArray, NDArray> loss =
        logits -> PooledKl.loss(logits, peer, PooledKlTest::lossy, temperature, POSITIONS);
    double[] exact = RandomLogits.gradient(RandomLogits.float64(values, POSITIONS, manager), loss);
    assertThat(exact)
        .containsExactly(
            RandomLogits.finiteDifferences(values, POSITIONS, manager, loss), within(1e-7));
  }

  @Test
  void thePeerGetsNoGradient() {
    NDArray own = float64(9, VOCABULARY);
    NDArray peer = float64(10, VOCABULARY);
    own.setRequiresGradient(true);
    peer.setRequiresGradient(true);
    NDArray loss =
        Torch.recording(() -> PooledKl.loss(own, TopK.of(peer.mul(peer), 4, 1), IDENTITY, 1));
    Torch.backward(loss);
    assertThat(Arrays.stream(own.getGradient().toDoubleArray()).anyMatch(g -> g != 0)).isTrue();
    assertThat(JniUtils.getGradient((PtNDArray) peer)).isNull();
  }

  @Test
  void nothingMappedGivesZeroWithoutGradient() {
    NDArray own = float64(11, VOCABULARY);
    TopK peer = TopK.of(float64(12, PEER_VOCABULARY), 4, 1);
    assertThat(PooledKl.loss(own, peer, id -> -1, 1, POSITIONS).getDouble()).isZero();
    assertThat(
            RandomLogits.gradient(
                own, logits -> PooledKl.loss(logits, peer, id -> -1, 1, POSITIONS)))
        .containsOnly(0);
  }

  @Test
  void noPositionsGiveZeroWithoutGradient() {
    NDArray none = manager.zeros(new Shape(0, VOCABULARY));
    TopK peer = TopK.of(manager.zeros(new Shape(0, PEER_VOCABULARY)), 4, 1);
    none.setRequiresGradient(true);
    NDArray loss = Torch.recording(() -> PooledKl.loss(none, peer, IDENTITY, 1));
    assertThat(loss.getFloat()).isZero();
    Torch.backward(loss);
    assertThat(none.getGradient().getShape()).isEqualTo(new Shape(0, VOCABULARY));
    assertThat(PooledKl.mappedMass(peer, IDENTITY)).isZero();
  }

  @Test
  void certaintyOnBothSidesStaysFinite() {
    double[] sure = new double[VOCABULARY];
    sure[3] = 200;
    double[] otherwise = new double[VOCABULARY];
    otherwise[8] = 200;
    TopK peer = TopK.of(RandomLogits.float32(sure, 1, manager), 4, 1);
    NDArray own = RandomLogits.float32(otherwise, 1, manager);
    own.setRequiresGradient(true);
    NDArray loss = Torch.recording(() -> PooledKl.loss(own, peer, IDENTITY, 1));
    Torch.backward(loss);
    assertThat(loss.getFloat()).isCloseTo(200f, within(1f));
    for (float gradient : own.getGradient().toFloatArray()) {
      assertThat(gradient).isFinite();
    }
  }

  @Test
  void float32AgreesWithFloat64InValueAndGradient() {
    double[] values = RandomLogits.values(13, POSITIONS, VOCABULARY);
    TopK peer = TopK.of(float64(14, PEER_VOCABULARY), 6, 1);
    Function<NDArray, NDArray> kl =
        logits -> PooledKl.loss(logits, peer, PooledKlTest::lossy, 1, POSITIONS);
    NDArray single = RandomLogits.float32(values, POSITIONS, manager);
    NDArray twice = RandomLogits.float64(values, POSITIONS, manager);
    assertThat(kl.apply(single).getShape()).isEqualTo(new Shape());
    assertThat(kl.apply(single).getFloat())
        .isCloseTo((float) kl.apply(twice).getDouble(), within(1e-6f));
    single.setRequiresGradient(true);
    Torch.backward(Torch.recording(() -> kl.apply(single)));
    float[] gradient = single.getGradient().toFloatArray();
    double[] exact = RandomLogits.gradient(twice, kl);
    for (int i = 0; i < exact.length; i++) {
      assertThat((double) gradient[i]).isCloseTo(exact[i], within(1e-6));
    }
  }

  @Test
  void partsOfABatchAddUpToTheWhole() {
    NDArray own = float64(15, VOCABULARY);
    NDArray peer = float64(16, PEER_VOCABULARY);
    double[] whole =
        RandomLogits.gradient(
            own,
            logits ->
                PooledKl.loss(logits, TopK.of(peer, 4, 1), PooledKlTest::lossy, 1, POSITIONS));
    double wholeLoss =
        PooledKl.loss(own, TopK.of(peer, 4, 1), PooledKlTest::lossy, 1, POSITIONS).getDouble();
    NDArray fresh = float64(15, VOCABULARY);
    fresh.setRequiresGradient(true);
    double sum = 0;
    for (String rows : new String[] {"0:2", "2:5"}) {
      NDArray part =
          Torch.recording(
              () ->
                  PooledKl.loss(
                      fresh.get(new NDIndex(rows)),
                      TopK.of(peer.get(new NDIndex(rows)), 4, 1),
                      PooledKlTest::lossy,
                      1,
                      POSITIONS));
      Torch.backward(part);
      sum += part.getDouble();
    }
    assertThat(sum).isCloseTo(wholeLoss, within(1e-12));
    assertThat(fresh.getGradient().toDoubleArray()).containsExactly(whole, within(1e-12));
  }

  @Test
  void rowsOfAnotherBatchAreRefused() {
    TopK peer = TopK.of(float64(1, PEER_VOCABULARY), 4, 1);
    NDArray own = manager.zeros(new Shape(POSITIONS + 1, VOCABULARY));
    assertThatThrownBy(() -> PooledKl.loss(own, peer, IDENTITY, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 positions, got (6, 12)");
  }

  /** Two peer tokens share an own token, and every fifth has none. */
  private static int lossy(int id) {
    return id % 5 == 4 ? -1 : (id / 2 * 5) % VOCABULARY;
  }

  private NDArray float64(long seed, int vocabulary) {
    double[] values = RandomLogits.values(seed, POSITIONS, vocabulary);
    return RandomLogits.float64(values, POSITIONS, manager);
  }

  private NDArray logOf(double... probabilities) {
    double[] logits = Arrays.stream(probabilities).map(Math::log).toArray();
    return RandomLogits.float64(logits, 1, manager);
  }
}
