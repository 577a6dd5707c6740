package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scalar trap: a graph must not point to a number that the garbage collector has freed. */
class ScalarsTest {
  private static final int SIZE = 64;
  private static final int ATTEMPTS = 20;

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
  void gradientOfAProductIsExactAfterGarbageCollection() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      assertThat(gradientUnderPressure(x -> Scalars.times(x, 3))).containsOnly(3f);
    }
  }

  @Test
  void gradientOfAChainIsExactAfterGarbageCollection() {
    // d/dx min(max(3(x + 2), 1), 100) · x at x = 1 is 3 · 1 + 9 = 12
    UnaryOperator<NDArray> chain =
        x -> Scalars.atMost(Scalars.atLeast(Scalars.times(Scalars.plus(x, 2), 3), 1), 100).mul(x);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      assertThat(gradientUnderPressure(chain)).containsOnly(12f);
    }
  }

  @Test
  void theSamePressureBreaksDjlsNumberOverload() {
    // Shows that the tests above would notice. Should DJL repair it, Scalars may go.
    int wrong = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      for (float gradient : gradientUnderPressure(x -> x.mul(3))) {
        wrong += gradient == 3f ? 0 : 1;
      }
    }
    assertThat(wrong).isPositive();
  }

  @Test
  void scalarsKeepDoublePrecision() {
    NDArray x = manager.create(new double[] {1.0});
    assertThat(Scalars.times(x, 0.1).toDoubleArray()).containsExactly(0.1);
    assertThat(Scalars.plus(x, 1e-12).toDoubleArray()).containsExactly(1 + 1e-12);
  }

  @Test
  void boundsAreTakenElementByElement() {
    NDArray x = manager.create(new float[] {-1, 0.5f, 2});
    assertThat(Scalars.atLeast(x, 0).toFloatArray()).containsExactly(0, 0.5f, 2);
    assertThat(Scalars.atMost(x, 1).toFloatArray()).containsExactly(-1, 0.5f, 1);
  }

  private float[] gradientUnderPressure(UnaryOperator<NDArray> function) {
    try (NDManager step = manager.newSubManager()) {
      NDArray x = step.ones(new Shape(SIZE));
      x.setRequiresGradient(true);
      NDArray loss = Torch.recording(() -> function.apply(x).sum());
      overwriteFreedBuffers();
      Torch.backward(loss);
      return x.getGradient().toFloatArray();
    }
  }

  /** Frees unreachable direct buffers, then takes their memory and writes another number there. */
  private static void overwriteFreedBuffers() {
    for (int i = 0; i < 3; i++) {
      System.gc();
      List<ByteBuffer> taken = new ArrayList<>();
      for (int j = 0; j < 2000; j++) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Float.BYTES);
        buffer.putInt(0, Float.floatToIntBits(-77f));
        taken.add(buffer);
      }
      assertThat(taken).isNotEmpty();
    }
  }
}
