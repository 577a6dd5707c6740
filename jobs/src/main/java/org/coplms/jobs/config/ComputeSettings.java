package org.coplms.jobs.config;

import java.util.Optional;
import org.coplms.udfs.model.DeviceChoice;

/**
 * Hardware of the learning tasks, and their intra-operation threads: part of what makes a run
 * repeatable bit for bit, so these do not follow the machine's number of cores.
 *
 * @param device {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}; absent for auto
 * @param edgeThreads of an edge device's task
 * @param serverThreads of a task that works with the LLM
 */
public record ComputeSettings(Optional<String> device, int edgeThreads, int serverThreads) {
  public ComputeSettings {
    device.ifPresent(DeviceChoice::parse);
    if (edgeThreads < 1 || serverThreads < 1) {
      throw new IllegalArgumentException(
          "edge-threads and server-threads must be at least 1, got %d and %d"
              .formatted(edgeThreads, serverThreads));
    }
  }

  /** The hardware of a task. */
  public DeviceChoice choice() {
    return DeviceChoice.parse(device.orElse("auto"));
  }
}
