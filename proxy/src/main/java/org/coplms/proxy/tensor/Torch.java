package org.coplms.proxy.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * The thread's torch settings and reverse-mode differentiation.
 *
 * <p>Grad mode and the number of intra-operation threads belong to a thread, and new threads record
 * by default; so every task calls {@link #beginTask} first. DJL's {@code GradientCollector} allows
 * one graph per JVM; {@link #backward} has no such limit, and independent graphs may be
 * differentiated side by side.
 */
public final class Torch {
  private static final String DEVICE_PROPERTY = "coplms.device";

  static {
    NativeDefaults.set();
  }

  private Torch() {}

  /** Loads the engine, fixes the number of threads of this thread's operations, records nothing. */
  public static void beginTask(int threads) {
    Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(threads);
    JniUtils.setGradMode(false);
  }

  /**
   * The hardware that a test or a tool takes when it is not told: the system property {@code
   * coplms.device}, which is {@code cpu} (also where it is not set), {@code gpu} or {@code gpu:N}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Device defaultDevice() {
    String name = System.getProperty(DEVICE_PROPERTY, "cpu");
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    if (!name.matches("gpu(:[0-9]{1,4})?")) {
      throw new IllegalArgumentException(
          "-D%s must be cpu, gpu or gpu:N, got '%s'".formatted(DEVICE_PROPERTY, name));
    }
    return Device.gpu(name.equals("gpu") ? 0 : Integer.parseInt(name.substring("gpu:".length())));
  }

  /** Number of GPUs of this machine that torch can use. */
  public static int gpuCount() {
    return Engine.getEngine("PyTorch").getGpuCount();
  }

  /** A new root manager on {@code device}; the caller closes it. */
  public static NDManager newManager(Device device) {
    return Engine.getEngine("PyTorch").newBaseManager(device);
  }

  /** Runs {@code forward} with recording on, and restores the mode that was. */
  public static <T> T recording(Supplier<T> forward) {
    return inMode(true, forward);
  }

  /** Runs {@code forward} with recording off, and restores the mode that was. */
  public static <T> T withoutRecording(Supplier<T> forward) {
    return inMode(false, forward);
  }

  private static <T> T inMode(boolean mode, Supplier<T> body) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(mode);
    try {
      return body.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  /**
   * Adds d{@code loss}/d{@code parameter} to the gradient of every parameter that was recorded.
   *
   * @param loss shape (), not yet differentiated
   */
  public static void backward(NDArray loss) {
    backward(loss, false);
  }

  /** {@link #backward} after which the loss's graph can be differentiated again. */
  public static void backwardKeepingGraph(NDArray loss) {
    backward(loss, true);
  }

  private static void backward(NDArray loss, boolean keepGraph) {
    try (NDArray one = loss.onesLike()) {
      JniUtils.backward((PtNDArray) loss, (PtNDArray) one, keepGraph, false);
    }
  }
}
