package org.coplms.dataprep.prepare;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.domains.DomainSummary;

/**
 * The items that are kept.
 *
 * @param items not yet computed
 * @param discovered what was found; empty where the data name them
 */
record Refined(Dataset<Row> items, Optional<DomainSummary> discovered) {
  static Refined unchanged(Dataset<Row> items) {
    return new Refined(items, Optional.empty());
  }
}
