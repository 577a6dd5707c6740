package org.coplms.dataprep.partition;

import java.io.Serializable;

/** How the items of the domains are shared out over edge devices. */
public sealed interface PartitionSpec extends Serializable
    permits DirichletPartitionSpec,
        IidPartitionSpec,
        QuantityPartitionSpec,
        PathologicalPartitionSpec,
        ColumnPartitionSpec {
  /** The name in configuration and of {@link EdgePartitioner#strategy()}. */
  String kind();
}
