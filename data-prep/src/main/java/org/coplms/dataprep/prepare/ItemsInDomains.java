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
record ItemsInDomains(Dataset<Row> items, Optional<DomainSummary> discovered) {
  static ItemsInDomains already(Dataset<Row> items) {
    return new ItemsInDomains(items, Optional.empty());
  }
}
