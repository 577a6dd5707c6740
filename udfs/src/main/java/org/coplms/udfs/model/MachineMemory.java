package org.coplms.udfs.model;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import com.sun.management.OperatingSystemMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;

/**
 * The memory that a JVM can have.
 *
 * @param heapBytes its heap limit
 * @param totalBytes of the machine, or of the tightest container round the JVM
 * @param device hardware of its tasks
 * @param deviceBytes free on that hardware, where it has memory of its own; 0 for the CPU
 * @param cores that the JVM sees
 */
public record MachineMemory(
    long heapBytes, long totalBytes, String device, long deviceBytes, int cores)
    implements Serializable {

  /** This JVM's; {@code choice} as of the current task. */
  public static MachineMemory ofThisProcess(DeviceChoice choice) {
    Runtime runtime = Runtime.getRuntime();
    Device device = choice.ofThisTask();
    return new MachineMemory(
        runtime.maxMemory(),
        totalBytesHere(),
        device.toString(),
        device.isGpu() ? free(device) : 0,
        runtime.availableProcessors());
  }

  /** Memory of this machine or container. */
  public static long totalBytesHere() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return Math.min(
        system.getTotalMemorySize(), CgroupLimit.of(Path.of("/")).orElse(Long.MAX_VALUE));
  }

  private static long free(Device device) {
    MemoryUsage memory = CudaUtils.getGpuMemory(device);
    return memory.getMax() - memory.getUsed();
  }

  /** Whether tasks compute on hardware with memory of its own. */
  public boolean hasDeviceMemory() {
    return deviceBytes > 0;
  }
}
