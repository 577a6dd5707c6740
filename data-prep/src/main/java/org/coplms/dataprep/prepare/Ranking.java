package org.coplms.dataprep.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.files.RecordSchema;
import org.coplms.dataprep.partition.DomainRanks;

/** Items in an order that depends on the seed and their keys alone. */
final class Ranking {
  /** Place of the item in its group's shuffled order, from 0. */
  static final String RANK = "rank";

  private static final String SHUFFLED = "shuffled";

  private Ranking() {}

  /**
   * Adds group, item and rank: the order of a hash of (seed, domain, key), ties by key.
   *
   * @param items distinct, each in a domain
   */
  static Dataset<Row> rank(Dataset<Row> items, long seed) {
    Dataset<Row> grouped =
        items
            .withColumn(ItemSchema.GROUP, ItemSchema.group())
            .withColumn(RecordSchema.ITEM, ItemSchema.itemOrDigest())
            .withColumn(
                SHUFFLED, xxhash64(lit(seed), col(RecordSchema.DOMAIN), col(ItemSchema.KEY)));
    return DomainRanks.of(
        grouped, ItemSchema.GROUP, List.of(col(SHUFFLED), col(ItemSchema.KEY)), RANK);
  }
}
