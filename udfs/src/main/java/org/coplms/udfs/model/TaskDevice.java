package org.coplms.udfs.model;

import ai.djl.Device;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** The hardware that Spark gave to the current task. */
final class TaskDevice {
  private TaskDevice() {}

  /** The first address of the task's resource {@code gpu}, or the CPU when it has none. */
  static Device current() {
    TaskContext task = TaskContext.get();
    ResourceInformation gpu = task == null ? null : task.resourcesJMap().get("gpu");
    return gpu == null ? Device.cpu() : Device.gpu(Integer.parseInt(gpu.addresses()[0]));
  }
}
