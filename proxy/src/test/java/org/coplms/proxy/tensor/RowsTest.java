package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowsTest {
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
  void rowsComeInTheOrderAskedForAndMayRepeat() {
    NDArray rows = Rows.take(matrix(), new long[] {2, 0, 2});
    assertThat(rows.getShape()).isEqualTo(new Shape(3, 2));
    assertThat(rows.toFloatArray()).containsExactly(5, 6, 1, 2, 5, 6);
  }

  @Test
  void noIndexGivesNoRow() {
    assertThat(Rows.take(matrix(), new long[0]).getShape()).isEqualTo(new Shape(0, 2));
  }

  @Test
  void theGradientOfARowIsTheSumOverItsUses() {
    NDArray matrix = matrix();
    matrix.setRequiresGradient(true);
    Torch.backward(Torch.recording(() -> Rows.take(matrix, new long[] {2, 0, 2}).sum()));
    assertThat(matrix.getGradient().toFloatArray()).containsExactly(1, 1, 0, 0, 2, 2);
  }

  @Test
  void theResultBelongsToTheMatrixsManager() {
    try (NDManager step = manager.newSubManager()) {
      NDArray matrix = matrix();
      matrix.attach(step);
      assertThat(Rows.take(matrix, new long[] {1}).getManager()).isSameAs(step);
    }
    assertThat(manager.getManagedArrays()).isEmpty();
  }

  private NDArray matrix() {
    return manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(3, 2));
  }
}
