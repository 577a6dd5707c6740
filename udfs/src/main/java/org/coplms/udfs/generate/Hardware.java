package org.coplms.udfs.generate;

import ai.djl.Device;
import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.coplms.proxy.train.Compute;
import org.coplms.udfs.model.TaskSpec;

/**
 * Where a model computes.
 *
 * @param name {@code auto} takes the GPU that Spark gave to the task, else the CPU; {@code cpu},
 *     {@code gpu} or {@code gpu:N} name one
 */
public record Hardware(String name) implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,3}))?");

  /** What Spark gave to the task. */
  public static final Hardware AUTO = new Hardware("auto");

  /** Checks the name. */
  public Hardware {
    if (!name.equals("auto") && !name.equals("cpu") && !GPU.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "device must be auto, cpu, gpu or gpu:N, got '%s'".formatted(name));
    }
  }

  /** For the current task. */
  Compute compute(TaskSpec task) {
    Compute given = task.compute();
    return name.equals("auto")
        ? given
        : new Compute(device(given.device()), given.threads(), given.onStep());
  }

  /**
   * The named device.
   *
   * @param automatic what {@code auto} means
   */
  public Device device(Device automatic) {
    Matcher gpu = GPU.matcher(name);
    if (gpu.matches()) {
      return Device.gpu(gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
    }
    return name.equals("cpu") ? Device.cpu() : automatic;
  }
}
