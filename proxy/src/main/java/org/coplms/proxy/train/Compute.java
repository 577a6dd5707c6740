package org.coplms.proxy.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import org.coplms.proxy.tensor.Torch;

/**
 * Where a task computes and whom it tells about its progress.
 *
 * @param device hardware of every array
 * @param threads intra-operation threads; part of what makes results repeatable bit for bit
 * @param onStep called after each training step
 */
public record Compute(Device device, int threads, Runnable onStep) {

  /** One thread on {@link Torch#defaultDevice}, progress untold. */
  public static Compute oneCore() {
    return new Compute(Torch.defaultDevice(), 1, () -> {});
  }

  /** Prepares the current thread; call once at the start of a task, on the task's thread. */
  public void begin() {
    Torch.beginTask(threads);
  }

  /** A new root manager on the device; the caller closes it. */
  public NDManager newManager() {
    return Torch.newManager(device);
  }

  /** Reports one training step. */
  public void stepped() {
    onStep.run();
  }
}
