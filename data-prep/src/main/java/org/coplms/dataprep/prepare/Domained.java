package org.coplms.dataprep.prepare;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.domains.DomainSummary;

/**
 * Items in their domains.
 *
 * @param items not yet computed
 * @param discovered what was found; empty where the data name them
 */
record Domained(Dataset<Row> items, Optional<DomainSummary> discovered) {
  static Domained already(Dataset<Row> items) {
    return new Domained(items, Optional.empty());
  }
}
