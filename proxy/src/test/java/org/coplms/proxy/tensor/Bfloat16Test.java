package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Bfloat16Test {
  /** Relative error of one rounding: half of the last of 8 significant bits. */
  private static final double ROUNDING = 1.0 / 256;

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
  void valuesAreRoundedToTheNearestAndTiesToEven() {
    float unit = 1f / 128; // of the last place, from 1 to 2
    float[] values = {
      1 + 0.49f * unit, 1 + 0.5f * unit, 1 + 0.51f * unit, 1 + 1.5f * unit, -1 - 1.5f * unit, 3e38f
    };

    NDArray rounded = Bfloat16.of(HostTensor.of(new long[] {6}, values), manager);

    assertThat(HostTensor.copyOf(rounded).toFloats())
        .containsExactly(1, 1, 1 + unit, 1 + 2 * unit, -1 - 2 * unit, 0x1.C4p127f);
  }

  @Test
  void infinitiesAndNotANumberAreKept() {
    float[] values = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, -0f};

    NDArray rounded = Bfloat16.of(HostTensor.of(new long[] {4}, values), manager);

    assertThat(HostTensor.copyOf(rounded).toFloats()).containsExactly(values);
  }

  @Test
  void aSecondRoundingChangesNothing() {
    HostTensor once = HostTensor.copyOf(Bfloat16.of(normal(5, 7), manager));

    assertThat(HostTensor.copyOf(Bfloat16.of(once, manager))).isEqualTo(once);
  }

  @Test
  void productsAndTheirGradientsAreThoseOfFloat32UpToRounding() {
    NDArray bias = normal(96).toArray(manager);
    HostTensor outIn = normal(96, 64);
    HostTensor inOut = normal(64, 96);

    assertFrozenIsClose(outIn, (x, weight) -> Kernels.linear(x, weight, bias));
    assertFrozenIsClose(inOut, (x, weight) -> Kernels.product(x, weight, bias));
    assertFrozenIsClose(outIn, (x, weight) -> Kernels.linear(x, weight, null));
    assertFrozenIsClose(inOut, (x, weight) -> Kernels.product(x, weight, null));
  }

  private void assertFrozenIsClose(HostTensor weight, BinaryOperator<NDArray> product) {
    NDArray full = weight.toArray(manager);
    NDArray frozen = Bfloat16.narrow(full);
    HostTensor before = HostTensor.copyOf(frozen);
    NDArray x = normal(3, 5, 64).toArray(manager);
    x.setRequiresGradient(true);

    HostTensor expected = HostTensor.copyOf(gradient(x, full, product));
    HostTensor gradient = HostTensor.copyOf(gradient(x, frozen, product));

    assertThat(product.apply(x, frozen).getShape()).isEqualTo(product.apply(x, full).getShape());
    assertThat(
            relativeError(
                HostTensor.copyOf(product.apply(x, frozen)),
                HostTensor.copyOf(product.apply(x, full))))
        .isBetween(1e-5, ROUNDING);
    assertThat(relativeError(gradient, expected)).isBetween(1e-5, 2 * ROUNDING);
    assertThat(frozen.hasGradient()).isFalse();
    assertThat(HostTensor.copyOf(frozen)).isEqualTo(before);
  }

  /** Of Σ (x ∘ W)² in x, alone. */
  private static NDArray gradient(NDArray x, NDArray weight, BinaryOperator<NDArray> product) {
    NDArray before = x.getGradient().duplicate();
    Torch.backward(Torch.recording(() -> product.apply(x, weight).square().sum()));
    return x.getGradient().sub(before);
  }

  @Test
  void rowsOfATableAreItsRoundedRows() {
    NDArray table = Bfloat16.of(normal(9, 4), manager);
    NDArray rounded = HostTensor.copyOf(table).toArray(manager);
    NDArray ids = manager.create(new long[] {8, 0, 8, 3}).reshape(2, 2);

    assertThat(HostTensor.copyOf(Kernels.embedding(ids, table)))
        .isEqualTo(HostTensor.copyOf(Kernels.embedding(ids, rounded)));
    assertThat(HostTensor.copyOf(Kernels.rows(table, 2, 5, manager)))
        .isEqualTo(HostTensor.copyOf(Kernels.rows(rounded, 2, 5, manager)));
  }

  @Test
  void assigningRoundsAndKeepsTheArray() {
    NDArray frozen = Bfloat16.of(normal(4, 6), manager);
    HostTensor value = RandomTensors.normal(new long[] {4, 6}, 1, new SplittableRandom(8));

    Kernels.assign(frozen, value);

    assertThat(HostTensor.copyOf(frozen))
        .isEqualTo(HostTensor.copyOf(Bfloat16.of(value, manager)))
        .isNotEqualTo(value);
    assertThat(Bfloat16.isTypeOf(frozen)).isTrue();
  }

  @Test
  void threadsShareTheModuleAndEveryCallGivesTheSameBits() throws Exception {
    List<Callable<List<HostTensor>>> tasks = Collections.nCopies(8, Bfloat16Test::task);
    List<HostTensor> alone = task();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<List<HostTensor>> results = new ArrayList<>();
      for (Future<List<HostTensor>> result : pool.invokeAll(tasks)) {
        results.add(result.get());
      }
      assertThat(results).containsOnly(alone);
      assertThat(alone).containsOnly(alone.get(0));
    } finally {
      pool.shutdown();
    }
  }

  /** The same gradient again and again, which an executor that rewrites graphs would change. */
  private static List<HostTensor> task() {
    Torch.beginTask(1);
    List<HostTensor> gradients = new ArrayList<>();
    try (NDManager own = Torch.newManager(Torch.defaultDevice())) {
      NDArray first = Bfloat16.of(normal(48, 32), own);
      NDArray second = Bfloat16.of(normal(48, 24), own);
      for (int i = 0; i < 20; i++) {
        NDArray x = normal(16, 32).toArray(own);
        x.setRequiresGradient(true);
        Torch.backward(
            Torch.recording(
                () ->
                    Kernels.product(Kernels.linear(x, first, null), second, null).square().sum()));
        gradients.add(HostTensor.copyOf(x.getGradient()));
      }
    }
    return gradients;
  }

  private static HostTensor normal(long... shape) {
    return RandomTensors.normal(shape, 1, new SplittableRandom(shape.length + shape[0]));
  }

  /** ‖a − b‖ / ‖b‖. */
  private static double relativeError(HostTensor a, HostTensor b) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < b.size(); i++) {
      error += Math.pow(a.at(i) - b.at(i), 2);
      norm += Math.pow(b.at(i), 2);
    }
    assertThat(norm).isNotCloseTo(0, within(1e-9));
    return Math.sqrt(error / norm);
  }
}
