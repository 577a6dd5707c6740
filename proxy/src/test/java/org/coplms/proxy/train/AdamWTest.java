package org.coplms.proxy.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdamWTest {
  private static final double RATE = 1e-2;
  private static final OptimizerConfig CONFIG = new OptimizerConfig(RATE, 0.1, 1.0, 0, 1);

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
  void stepsEqualTheFormulaComputedByHand() {
    SortedMap<String, NDArray> parameters = parameters();
    Reference reference = new Reference(flat(parameters), 0.1, 1.0);
    try (AdamW optimizer = new AdamW(CONFIG)) {
      for (int step = 0; step < 20; step++) {
        double rate = RATE / (step + 1);
        backward(parameters, 10);
        double norm = reference.step(quadraticGradient(flat(parameters), 10), rate);
        GradientStats stats = optimizer.step(parameters, rate);
        assertThat(stats.norm()).isCloseTo(norm, within(1e-5 * norm));
        assertThat(flat(parameters)).containsExactly(reference.weights, within(2e-6));
      }
    }
  }

  @Test
  void gradientsBelowTheClipNormAreLeftAlone() {
    SortedMap<String, NDArray> parameters = parameters();
    Reference reference = new Reference(flat(parameters), 0.1, Double.POSITIVE_INFINITY);
    OptimizerConfig unclipped = new OptimizerConfig(RATE, 0.1, Double.POSITIVE_INFINITY, 0, 1);
    try (AdamW optimizer = new AdamW(unclipped)) {
      backward(parameters, 100);
      reference.step(quadraticGradient(flat(parameters), 100), RATE);
      optimizer.step(parameters, RATE);
      assertThat(flat(parameters)).containsExactly(reference.weights, within(2e-6));
    }
  }

  @Test
  void gradientsAreZeroAfterAStep() {
    SortedMap<String, NDArray> parameters = parameters();
    try (AdamW optimizer = new AdamW(CONFIG)) {
      backward(parameters, 1);
      optimizer.step(parameters, RATE);
      parameters
          .values()
          .forEach(value -> assertThat(value.getGradient().toFloatArray()).containsOnly(0f));
    }
  }

  @Test
  void aParameterThatTheLossDoesNotReachHasGradientZero() {
    SortedMap<String, NDArray> parameters = parameters();
    SortedMap<String, NDArray> reached = new TreeMap<>(parameters.headMap("b"));
    float[] before = parameters.get("b").toFloatArray();
    try (AdamW optimizer = new AdamW(new OptimizerConfig(RATE, 0, 1, 0, 1))) {
      backward(reached, 1);
      optimizer.step(parameters, RATE);
      assertThat(parameters.get("b").toFloatArray()).containsExactly(before);
    }
  }

  @Test
  void liveArraysStayFlatOverThousandsOfSteps() {
    SortedMap<String, NDArray> parameters = parameters();
    try (AdamW optimizer = new AdamW(CONFIG)) {
      backward(parameters, 1);
      optimizer.step(parameters, RATE);
      int before = manager.getManagedArrays().size();
      for (int step = 0; step < 3000; step++) {
        backward(parameters, 1);
        optimizer.step(parameters, RATE);
      }
      assertThat(manager.getManagedArrays()).hasSize(before);
      assertThat(optimizer.liveArrays()).isEqualTo(2 * parameters.size());
    }
  }

  @Test
  void aGradientThatIsNotANumberIsRefusedByNameAndChangesNothing() {
    SortedMap<String, NDArray> parameters = parameters();
    float[] before = parameters.get("a").toFloatArray();
    try (AdamW optimizer = new AdamW(CONFIG)) {
      NDArray poisoned = parameters.get("b");
      Torch.backward(
          Torch.recording(
              () ->
                  poisoned
                      .sum()
                      .add(poisoned.sub(poisoned).sqrt().sum())
                      .add(parameters.get("a").sum())));
      assertThatThrownBy(() -> optimizer.step(parameters, RATE))
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("NaN at optimizer step 1, first in 'b'");
      assertThat(parameters.get("a").toFloatArray()).containsExactly(before);
      assertThat(optimizer.steps()).isZero();
    }
  }

  @Test
  void aResumedRunEqualsAnUninterruptedOneBitForBit() {
    SortedMap<String, NDArray> whole = parameters();
    try (AdamW optimizer = new AdamW(CONFIG)) {
      run(optimizer, whole, 10);
    }
    SortedMap<String, NDArray> first = parameters();
    SortedMap<String, HostTensor> state;
    SortedMap<String, HostTensor> values = new TreeMap<>();
    try (AdamW optimizer = new AdamW(CONFIG)) {
      run(optimizer, first, 4);
      state = optimizer.state();
      first.forEach((name, value) -> values.put(name, HostTensor.copyOf(value)));
    }
    SortedMap<String, NDArray> second = new TreeMap<>();
    values.forEach((name, value) -> second.put(name, value.toArray(manager)));
    Trainables.require(second, true);
    try (AdamW optimizer = new AdamW(CONFIG)) {
      optimizer.restore(state);
      assertThat(optimizer.state()).isEqualTo(state);
      run(optimizer, second, 6);
      assertThat(optimizer.steps()).isEqualTo(10);
    }
    whole.forEach(
        (name, value) ->
            assertThat(HostTensor.copyOf(second.get(name))).isEqualTo(HostTensor.copyOf(value)));
  }

  @Test
  void stateNamesItsTensors() {
    SortedMap<String, NDArray> parameters = parameters();
    try (AdamW optimizer = new AdamW(CONFIG)) {
      run(optimizer, parameters, 3);
      SortedMap<String, HostTensor> state = optimizer.state();
      assertThat(state.keySet()).containsExactly("m.a", "m.b", "step", "v.a", "v.b");
      assertThat(state.get("step").at(0)).isEqualTo(3f);
      assertThat(state.get("m.b").shape()).containsExactly(5);
    }
  }

  @Test
  void anotherSetOfParametersIsRefused() {
    SortedMap<String, NDArray> parameters = parameters();
    try (AdamW optimizer = new AdamW(CONFIG)) {
      run(optimizer, parameters, 1);
      assertThatThrownBy(() -> optimizer.step(new TreeMap<>(parameters.headMap("b")), RATE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one optimizer per phase");
    }
  }

  @Test
  void aStateOfAnotherShapeIsRefused() {
    SortedMap<String, NDArray> parameters = parameters();
    SortedMap<String, HostTensor> state = new TreeMap<>();
    try (AdamW optimizer = new AdamW(CONFIG)) {
      run(optimizer, parameters, 1);
      state.putAll(optimizer.state());
    }
    state.put("v.b", HostTensor.wrap(new long[] {4}, new float[4]));
    try (AdamW optimizer = new AdamW(CONFIG)) {
      optimizer.restore(state);
      backward(parameters, 1);
      assertThatThrownBy(() -> optimizer.step(parameters, RATE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'v.b'");
    }
  }

  private void run(AdamW optimizer, SortedMap<String, NDArray> parameters, int steps) {
    for (int step = 0; step < steps; step++) {
      backward(parameters, 3);
      optimizer.step(parameters, RATE);
    }
  }

  /** a: (3, 4), b: (5), normal values of one seed. */
  private SortedMap<String, NDArray> parameters() {
    SplittableRandom random = new SplittableRandom(7);
    SortedMap<String, NDArray> parameters = new TreeMap<>();
    parameters.put("a", normal(random, 3, 4));
    parameters.put("b", normal(random, 5));
    Trainables.require(parameters, true);
    return parameters;
  }

  private NDArray normal(SplittableRandom random, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.wrap(shape, values).toArray(manager);
  }

  /** Gradients of scale · Σw²/2, that is scale · w. */
  private void backward(SortedMap<String, NDArray> parameters, double scale) {
    try (NDManager step = manager.newSubManager()) {
      NDArray half = step.full(new ai.djl.ndarray.types.Shape(), (float) (scale / 2));
      for (NDArray parameter : parameters.values()) {
        NDArray loss =
            Torch.recording(
                () -> {
                  NDArray square = parameter.square();
                  square.attach(step);
                  return half.mul(square).sum();
                });
        Torch.backward(loss);
      }
    }
  }

  private static double[] quadraticGradient(double[] weights, double scale) {
    double[] gradient = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      gradient[i] = scale * weights[i];
    }
    return gradient;
  }

  private static double[] flat(SortedMap<String, NDArray> parameters) {
    return parameters.values().stream()
        .flatMapToDouble(
            value -> {
              float[] floats = value.toFloatArray();
              double[] doubles = new double[floats.length];
              for (int i = 0; i < floats.length; i++) {
                doubles[i] = floats[i];
              }
              return java.util.Arrays.stream(doubles);
            })
        .toArray();
  }

  /** Algorithm 2 of Loshchilov and Hutter 2019 in float64, with clipping by global norm. */
  private static final class Reference {
    private final double[] weights;
    private final double[] mean;
    private final double[] variance;
    private final double weightDecay;
    private final double clipNorm;
    private int steps;

    Reference(double[] weights, double weightDecay, double clipNorm) {
      this.weights = weights;
      this.mean = new double[weights.length];
      this.variance = new double[weights.length];
      this.weightDecay = weightDecay;
      this.clipNorm = clipNorm;
    }

    double step(double[] gradient, double rate) {
      steps++;
      double norm = Math.sqrt(java.util.Arrays.stream(gradient).map(g -> g * g).sum());
      double scale = Math.min(1, clipNorm / norm);
      for (int i = 0; i < weights.length; i++) {
        double g = gradient[i] * scale;
        mean[i] = 0.9 * mean[i] + 0.1 * g;
        variance[i] = 0.999 * variance[i] + 0.001 * g * g;
        double corrected = mean[i] / (1 - Math.pow(0.9, steps));
        double spread = Math.sqrt(variance[i] / (1 - Math.pow(0.999, steps)));
        weights[i] -= rate * weightDecay * weights[i] + rate * corrected / (spread + 1e-8);
      }
      return norm;
    }
  }
}
