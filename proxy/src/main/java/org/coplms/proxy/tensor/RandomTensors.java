package org.coplms.proxy.tensor;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random host tensors that depend on the given generator alone, on any machine.
 *
 * <p>Torch's generator is shared by the whole process, so tasks that run side by side would see
 * each other's draws.
 */
public final class RandomTensors {
  private RandomTensors() {}

  /** Independent draws from N(0, {@code std}²), by Box and Muller. */
  public static HostTensor normal(long[] shape, double std, SplittableRandom random) {
    float[] values = new float[size(shape)];
    for (int i = 0; i < values.length; i += 2) {
      double radius = std * StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
      double angle = 2 * Math.PI * random.nextDouble();
      values[i] = (float) (radius * StrictMath.cos(angle));
      if (i + 1 < values.length) {
        values[i + 1] = (float) (radius * StrictMath.sin(angle));
      }
    }
    return HostTensor.wrap(shape.clone(), values);
  }

  /** Independent draws from [−bound, bound). */
  public static HostTensor uniform(long[] shape, double bound, SplittableRandom random) {
    float[] values = new float[size(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    return HostTensor.wrap(shape.clone(), values);
  }

  /** Every value is {@code value}. */
  public static HostTensor constant(long[] shape, float value) {
    float[] values = new float[size(shape)];
    Arrays.fill(values, value);
    return HostTensor.wrap(shape.clone(), values);
  }

  private static int size(long[] shape) {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }
}
