package org.coplms.udfs.edge;

import org.apache.spark.Partitioner;

/** Edge device i is partition i. */
public final class DevicePartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int devices;

  public DevicePartitioner(int devices) {
    this.devices = devices;
  }

  @Override
  public int numPartitions() {
    return devices;
  }

  @Override
  public int getPartition(Object key) {
    return (Integer) key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DevicePartitioner partitioner && partitioner.devices == devices;
  }

  @Override
  public int hashCode() {
    return devices;
  }
}
