package org.coplms.proxy.mutual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;
import java.util.function.Function;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DenseKlTest {
  private static final int POSITIONS = 4;
  private static final int VOCABULARY = 9;
  private static final double TEMPERATURE = 2;

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
  @EnumSource
  void equalsTheFormulaComputedByHand(DenseKl.Direction direction) {
    double[] student = RandomLogits.values(1, POSITIONS, VOCABULARY);
    double[] teacher = RandomLogits.values(2, POSITIONS, VOCABULARY);
    double expected = 0;
    for (int row = 0; row < POSITIONS; row++) {
      double[] q = softmax(student, row);
      double[] p = softmax(teacher, row);
      for (int v = 0; v < VOCABULARY; v++) {
        expected +=
            switch (direction) {
              case FORWARD -> p[v] * Math.log(p[v] / q[v]);
              case REVERSE -> q[v] * Math.log(q[v] / p[v]);
              case SKEW -> p[v] * Math.log(p[v] / (0.1 * p[v] + 0.9 * q[v]));
            };
      }
    }
    NDArray loss = DenseKl.loss(float64(student), float64(teacher), TEMPERATURE, direction);
    assertThat(loss.getDouble()).isCloseTo(expected / POSITIONS, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void isZeroForTheSameLogits(DenseKl.Direction direction) {
    double[] values = RandomLogits.values(3, POSITIONS, VOCABULARY);
    assertThat(DenseKl.loss(float64(values), float64(values), 1, direction).getDouble())
        .isCloseTo(0, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void gradientEqualsFiniteDifferences(DenseKl.Direction direction) {
    double[] student = RandomLogits.values(4, POSITIONS, VOCABULARY);
    NDArray teacher = float64(RandomLogits.values(5, POSITIONS, VOCABULARY));
    Function<NDArray, NDArray> loss =
        logits -> DenseKl.loss(logits, teacher, TEMPERATURE, direction);
    assertThat(RandomLogits.gradient(float64(student), loss))
        .containsExactly(
            RandomLogits.finiteDifferences(student, POSITIONS, manager, loss), within(1e-7));
  }

  @ParameterizedTest
  @EnumSource
  void theTeacherGetsNoGradient(DenseKl.Direction direction) {
    NDArray student = float64(RandomLogits.values(6, POSITIONS, VOCABULARY));
    NDArray teacher = float64(RandomLogits.values(7, POSITIONS, VOCABULARY));
    student.setRequiresGradient(true);
    teacher.setRequiresGradient(true);
    Torch.backward(
        Torch.recording(() -> DenseKl.loss(student, teacher.mul(teacher), 1, direction)));
    assertThat(Arrays.stream(student.getGradient().toDoubleArray()).anyMatch(g -> g != 0)).isTrue();
    assertThat(JniUtils.getGradient((PtNDArray) teacher)).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void certaintyOnBothSidesStaysFinite(DenseKl.Direction direction) {
    double[] sure = new double[VOCABULARY];
    sure[3] = 300;
    double[] otherwise = new double[VOCABULARY];
    otherwise[5] = 300;
    NDArray student = RandomLogits.float32(otherwise, 1, manager);
    NDArray teacher = RandomLogits.float32(sure, 1, manager);
    student.setRequiresGradient(true);
    NDArray loss = Torch.recording(() -> DenseKl.loss(student, teacher, 1, direction));
    Torch.backward(loss);
    assertThat(loss.getFloat()).isFinite().isPositive();
    for (float gradient : student.getGradient().toFloatArray()) {
      assertThat(gradient).isFinite();
    }
  }

  @ParameterizedTest
  @EnumSource
  void noPositionsGiveZeroWithoutGradient(DenseKl.Direction direction) {
    NDArray none = manager.zeros(new Shape(0, VOCABULARY));
    assertThat(DenseKl.loss(none, none, 1, direction).getFloat()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void partsOfABatchAddUpToTheWhole(DenseKl.Direction direction) {
    NDArray student = float64(RandomLogits.values(8, POSITIONS, VOCABULARY));
    NDArray teacher = float64(RandomLogits.values(9, POSITIONS, VOCABULARY));
    double whole = DenseKl.loss(student, teacher, 1, direction).getDouble();
    double sum = 0;
    for (String rows : new String[] {"0:1", "1:4"}) {
      sum +=
          DenseKl.loss(student.get(rows), teacher.get(rows), 1, direction, POSITIONS).getDouble();
    }
    assertThat(sum).isCloseTo(whole, within(1e-12));
  }

  @Test
  void differentVocabulariesAreRefused() {
    NDArray student = manager.zeros(new Shape(POSITIONS, VOCABULARY));
    NDArray teacher = manager.zeros(new Shape(POSITIONS, VOCABULARY + 1));
    assertThatThrownBy(() -> DenseKl.loss(student, teacher, 1, DenseKl.Direction.FORWARD))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("student (4, 9) and teacher (4, 10)");
  }

  @Test
  void aTemperatureOfZeroIsRefused() {
    NDArray logits = manager.zeros(new Shape(POSITIONS, VOCABULARY));
    assertThatThrownBy(() -> DenseKl.loss(logits, logits, 0, DenseKl.Direction.FORWARD))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Temperature must be positive, got 0.0");
  }

  private NDArray float64(double[] values) {
    return RandomLogits.float64(values, POSITIONS, manager);
  }

  private static double[] softmax(double[] logits, int row) {
    double[] p = new double[VOCABULARY];
    double sum = 0;
    for (int v = 0; v < VOCABULARY; v++) {
      p[v] = Math.exp(logits[row * VOCABULARY + v] / TEMPERATURE);
      sum += p[v];
    }
    for (int v = 0; v < VOCABULARY; v++) {
      p[v] /= sum;
    }
    return p;
  }
}
