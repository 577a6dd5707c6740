package org.coplms.dataprep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** Distinct items in an order that depends on the seed and their keys alone. */
final class Ranking {
  /** Place of the item in its domain's shuffled order, from 0. */
  static final String RANK = "rank";

  private Ranking() {}

  /** One item for each (domain, key): of duplicates the smallest, whatever the order of files. */
  static Dataset<Row> distinct(Dataset<Row> items) {
    return items
        .groupBy(ExampleSchema.DOMAIN, ItemSchema.KEY)
        .agg(
            min(struct(
                    col(ExampleSchema.PROMPT), col(ExampleSchema.RESPONSES), col(ItemSchema.ITEM)))
                .as("kept"))
        .select(ExampleSchema.DOMAIN, ItemSchema.KEY, "kept.*");
  }

  /** Adds {@link #RANK}: the order of a hash of (seed, domain, key), ties by key. */
  static Dataset<Row> rank(Dataset<Row> distinct, long seed) {
    WindowSpec shuffled =
        Window.partitionBy(ExampleSchema.DOMAIN)
            .orderBy(
                xxhash64(lit(seed), col(ExampleSchema.DOMAIN), col(ItemSchema.KEY)),
                col(ItemSchema.KEY));
    return distinct.withColumn(RANK, row_number().over(shuffled).minus(1).cast("long"));
  }

  /**
   * @throws PreparationException when two different prompts of a domain share a name
   */
  static void requireUniqueItems(Dataset<Row> distinct) {
    Dataset<Row> repeated =
        distinct
            .groupBy(ExampleSchema.DOMAIN, ItemSchema.ITEM)
            .agg(count(lit(1)).as("prompts"), min(ExampleSchema.PROMPT).as("first"))
            .filter(col("prompts").gt(1))
            .orderBy(ExampleSchema.DOMAIN, ItemSchema.ITEM)
            .limit(1);
    for (Row row : repeated.collectAsList()) {
      throw new PreparationException(
          ("The id '%s' stands for %d different prompts of domain '%s', one of them '%s'; give each"
                  + " its own id, or none")
              .formatted(row.getString(1), row.getLong(2), row.getString(0), row.getString(3)));
    }
  }
}
