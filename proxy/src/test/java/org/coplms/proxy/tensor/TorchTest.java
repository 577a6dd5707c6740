package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.coplms.proxy.train.CrossEntropy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TorchTest {
  private static final int GRAPHS = 48;

  @BeforeEach
  void begin() {
    Torch.beginTask(1);
  }

  @Test
  void independentGraphsOnTwoThreadsEqualSequentialOnesBitForBit() throws Exception {
    List<HostTensor> sequential = new ArrayList<>();
    for (int seed = 0; seed < GRAPHS; seed++) {
      sequential.add(gradient(seed));
    }
    List<Callable<HostTensor>> tasks = new ArrayList<>();
    for (int seed = 0; seed < GRAPHS; seed++) {
      int own = seed;
      tasks.add(() -> gradient(own));
    }
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<HostTensor> concurrent = new ArrayList<>();
      for (Future<HostTensor> future : pool.invokeAll(tasks)) {
        concurrent.add(future.get());
      }
      assertThat(concurrent).isEqualTo(sequential);
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void modesAreRestoredEvenAfterAFailure() {
    assertThat(JniUtils.isGradMode()).isFalse();
    assertThat(Torch.<Boolean>recording(JniUtils::isGradMode)).isTrue();
    assertThat(JniUtils.isGradMode()).isFalse();
    Torch.recording(
        () -> {
          try {
            Torch.withoutRecording(
                () -> {
                  throw new IllegalStateException("expected");
                });
          } catch (IllegalStateException expected) {
            assertThat(JniUtils.isGradMode()).isTrue();
          }
          return null;
        });
  }

  @Test
  void gradientsOfTwoLossesAddUp() {
    try (NDManager manager = Torch.newManager(Torch.defaultDevice())) {
      NDArray x = manager.ones(new Shape(3));
      x.setRequiresGradient(true);
      for (int i = 0; i < 2; i++) {
        Torch.backward(Torch.recording(() -> x.mul(x).sum()));
      }
      assertThat(x.getGradient().toFloatArray()).containsOnly(4f);
    }
  }

  /** The gradient of a two-layer classifier's loss in its first layer; allocates on the way. */
  private static HostTensor gradient(long seed) {
    Torch.beginTask(1);
    try (NDManager manager = Torch.newManager(Torch.defaultDevice())) {
      SplittableRandom random = new SplittableRandom(seed);
      NDArray x = normal(random, 32, 24, manager);
      NDArray first = normal(random, 24, 48, manager);
      NDArray second = normal(random, 48, 17, manager);
      NDArray classes = manager.zeros(new Shape(32), DataType.INT64);
      first.setRequiresGradient(true);
      for (int i = 0; i < 10; i++) {
        NDArray loss =
            Torch.recording(
                () -> {
                  NDArray hidden = Scalars.times(x.matMul(first), 0.3).tanh();
                  return CrossEntropy.loss(Scalars.times(hidden.matMul(second), 0.7), classes);
                });
        Torch.backward(loss);
      }
      return HostTensor.copyOf(first.getGradient());
    }
  }

  private static NDArray normal(SplittableRandom random, int rows, int columns, NDManager owner) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.wrap(new long[] {rows, columns}, values).toArray(owner);
  }

  @Test
  void theDefaultDeviceIsThePropertys() {
    String before = System.getProperty("coplms.device");
    try {
      System.setProperty("coplms.device", "gpu:2");
      assertThat(Torch.defaultDevice()).isEqualTo(ai.djl.Device.gpu(2));
      System.setProperty("coplms.device", "gpu");
      assertThat(Torch.defaultDevice()).isEqualTo(ai.djl.Device.gpu(0));
      System.clearProperty("coplms.device");
      assertThat(Torch.defaultDevice()).isEqualTo(ai.djl.Device.cpu());
      System.setProperty("coplms.device", "tpu");
      assertThatThrownBy(Torch::defaultDevice)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("-Dcoplms.device must be cpu, gpu or gpu:N, got 'tpu'");
    } finally {
      if (before == null) {
        System.clearProperty("coplms.device");
      } else {
        System.setProperty("coplms.device", before);
      }
    }
  }
}
