package org.coplms.dataprep.prepare;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Tables that are kept while they are needed more than once; none outlives this. They are on disk:
 * sorting, which follows, needs the memory more, and the system caches what it can.
 */
final class Held implements AutoCloseable {
  private final Deque<Dataset<Row>> tables = new ArrayDeque<>();

  Dataset<Row> keep(Dataset<Row> table) {
    Dataset<Row> kept = table.persist(StorageLevel.DISK_ONLY());
    tables.push(kept);
    return kept;
  }

  void release(Dataset<Row> table) {
    tables.remove(table);
    table.unpersist();
  }

  @Override
  public void close() {
    tables.forEach(Dataset::unpersist);
  }
}
