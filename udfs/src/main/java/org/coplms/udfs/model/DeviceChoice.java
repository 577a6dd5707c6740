package org.coplms.udfs.model;

import ai.djl.Device;
import java.io.Serializable;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.coplms.proxy.tensor.Torch;

/**
 * Which hardware a task shall take.
 *
 * @param kind AUTO: Spark's GPU resource of the task, the CPU where it has none; GPU: the same, but
 *     the first GPU where it has none
 * @param number of a GPU that is named; −1 otherwise
 */
public record DeviceChoice(Kind kind, int number) implements Serializable {
  /** Whatever Spark assigns. */
  public static final DeviceChoice AUTO = new DeviceChoice(Kind.AUTO, -1);

  private static final Pattern GPU = Pattern.compile("gpu(?::([0-9]{1,4}))?");

  /** Kinds of choices. */
  public enum Kind {
    AUTO,
    CPU,
    GPU
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static DeviceChoice parse(String text) {
    Matcher gpu = GPU.matcher(text);
    if (gpu.matches()) {
      return new DeviceChoice(Kind.GPU, gpu.group(1) == null ? -1 : Integer.parseInt(gpu.group(1)));
    }
    return switch (text) {
      case "auto" -> AUTO;
      case "cpu" -> new DeviceChoice(Kind.CPU, -1);
      default ->
          throw new IllegalArgumentException(
              "device must be auto, cpu, gpu or gpu:N, got '%s'".formatted(text));
    };
  }

  /**
   * The hardware for the current task.
   *
   * @throws IllegalArgumentException when it names a GPU that is not there
   */
  Device ofThisTask() {
    return of(assigned(), Torch::gpuCount);
  }

  /** The first address of the task's resource {@code gpu}. */
  private static Optional<Integer> assigned() {
    TaskContext task = TaskContext.get();
    ResourceInformation gpu = task == null ? null : task.resourcesJMap().get("gpu");
    return gpu == null ? Optional.empty() : Optional.of(Integer.valueOf(gpu.addresses()[0]));
  }

  Device of(Optional<Integer> assigned, IntSupplier gpuCount) {
    if (kind == Kind.CPU || (kind == Kind.AUTO && assigned.isEmpty())) {
      return Device.cpu();
    }
    int gpu = number >= 0 ? number : assigned.orElse(0);
    int gpus = gpuCount.getAsInt();
    if (gpu >= gpus) {
      throw new IllegalArgumentException(
          "compute.device asks for GPU %d, but torch sees %d GPUs here; set compute.device = cpu, or give torch's CUDA build with PYTORCH_LIBRARY_PATH"
              .formatted(gpu, gpus));
    }
    return Device.gpu(gpu);
  }
}
