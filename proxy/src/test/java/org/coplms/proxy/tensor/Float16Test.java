package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ShortBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Float16Test {
  private static final int HALVES = 1 << Short.SIZE;

  @Test
  void everyNumberSurvivesTheRoundTrip() {
    for (int bits = 0; bits < HALVES; bits++) {
      float value = Float16.toFloat((short) bits);
      if (Float.isNaN(value)) {
        assertThat(Float.isNaN(Float16.toFloat(Float16.fromFloat(value)))).isTrue();
      } else {
        assertThat(Float16.fromFloat(value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void everyNumberAndEveryRoundingAgreesWithTorch() {
    Torch.beginTask(1);
    SplittableRandom random = new SplittableRandom(1);
    float[] floats = new float[4 * HALVES];
    for (int bits = 0; bits < HALVES; bits++) {
      float value = Float16.toFloat((short) bits);
      float next = Float16.toFloat((short) (bits + 1));
      float middle = (value + next) / 2;
      floats[4 * bits] = value;
      floats[4 * bits + 1] = middle;
      floats[4 * bits + 2] = Math.nextDown(middle);
      floats[4 * bits + 3] = Float.intBitsToFloat(random.nextInt());
    }
    try (NDManager manager = Torch.newManager(Torch.defaultDevice());
        NDArray single = manager.create(floats);
        NDArray half = single.toType(DataType.FLOAT16, true);
        NDArray back = half.toType(DataType.FLOAT32, true)) {
      ShortBuffer expected = half.toByteBuffer().asShortBuffer();
      float[] expectedBack = back.toFloatArray();
      for (int i = 0; i < floats.length; i++) {
        if (!Float.isNaN(floats[i])) {
          assertThat(Float16.fromFloat(floats[i])).as("%s", floats[i]).isEqualTo(expected.get(i));
          assertThat(Float16.toFloat(expected.get(i))).isEqualTo(expectedBack[i]);
        }
      }
    }
  }
}
