package org.coplms.dataprep.partition;

import java.io.Serializable;
import java.util.SortedMap;
import org.coplms.dataprep.PreparationException;

/** How the items of the domains are shared out over edge devices. */
public sealed interface PartitionSpec extends Serializable
    permits DirichletPartitionSpec,
        IidPartitionSpec,
        QuantityPartitionSpec,
        PathologicalPartitionSpec,
        ColumnPartitionSpec {
  /** The name in configuration and of {@link EdgePartitioner#strategy()}. */
  String kind();

  /**
   * One draw, whatever it gives.
   *
   * @return for each domain the items of each device; they sum to the domain's items
   */
  SortedMap<String, long[]> draw(DomainItems all, int draw);

  /** Whether another draw gives something else. */
  default boolean isDrawn() {
    return true;
  }

  /**
   * Looks whether any draw can be made.
   *
   * @throws PreparationException when none can
   */
  default void requirePossible(DomainItems all) {}

  /** Its settings, as an error names them behind a comma; may be empty. */
  default String setting() {
    return "";
  }

  /** What to change where devices get too little, behind a comma; may be empty. */
  default String remedy() {
    return "";
  }
}
