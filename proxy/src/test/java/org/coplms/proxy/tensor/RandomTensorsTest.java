package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomTensorsTest {
  private static final long[] SHAPE = {101, 99};

  @Test
  void normalDrawsHaveTheirMoments() {
    double[] draws = draws(RandomTensors.normal(SHAPE, 2, new SplittableRandom(1)));

    assertThat(moment(draws, 1)).isCloseTo(0, within(0.08));
    assertThat(moment(draws, 2)).isCloseTo(4, within(0.25));
    assertThat(moment(draws, 4)).as("3 σ⁴").isCloseTo(48, within(8.0));
  }

  @Test
  void uniformDrawsFillTheirInterval() {
    double[] draws = draws(RandomTensors.uniform(SHAPE, 0.5, new SplittableRandom(1)));

    assertThat(DoubleStream.of(draws).allMatch(x -> x >= -0.5 && x < 0.5)).isTrue();
    assertThat(moment(draws, 2)).isCloseTo(1 / 12.0, within(0.005));
  }

  @Test
  void theSameGeneratorGivesTheSameBitsForEver() { // checked against SplitMix64 and Box-Muller in
    // Python
    assertThat(RandomTensors.normal(new long[] {3}, 1, new SplittableRandom(42)).toFloats())
        .containsExactly(0.8822489f, 1.3884733f, -0.45084986f);
  }

  private static double[] draws(HostTensor tensor) {
    return IntStream.range(0, tensor.size()).mapToDouble(tensor::at).toArray();
  }

  private static double moment(double[] draws, int order) {
    double sum = 0;
    for (double x : draws) {
      sum += Math.pow(x, order);
    }
    return sum / draws.length;
  }
}
