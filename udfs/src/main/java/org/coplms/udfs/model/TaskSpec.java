package org.coplms.udfs.model;

import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.proxy.train.Compute;

/**
 * What every task needs besides its own work: file systems, hardware, threads, and where to count
 * steps.
 *
 * @param threads intra-operation threads of a task
 */
public record TaskSpec(
    SerializableConfiguration hadoop, DeviceChoice device, int threads, LongAccumulator steps)
    implements Serializable {

  /** On the hardware that Spark assigns. */
  public TaskSpec(SerializableConfiguration hadoop, int threads, LongAccumulator steps) {
    this(hadoop, DeviceChoice.AUTO, threads, steps);
  }

  /** File systems as configured on the driver. */
  public Configuration configuration() {
    return hadoop.value();
  }

  /** Hardware of the current task. */
  public Compute compute() {
    return new Compute(device.ofThisTask(), threads, () -> steps.add(1));
  }
}
