package org.coplms.dataprep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** Distinct items in an order that depends on the seed and their keys alone. */
final class Ranking {
  /** Place of the item in its domain's shuffled order, from 0. */
  static final String RANK = "rank";

  /** How many records the item stands for, itself included. */
  static final String COPIES = "copies";

  /** (file, problem) of the first unusable record, on the one row that stands for all of them. */
  static final String UNUSABLE = "unusable";

  private Ranking() {}

  /**
   * One row for each (domain, key): of duplicates the smallest, whatever the order of files. The
   * rank is the order of a hash of (seed, domain, key), ties by key. Unusable records end in one
   * row without a domain.
   *
   * @param items with {@link ItemSchema#ITEMS}
   */
  static Dataset<Row> rank(Dataset<Row> items, long seed) {
    WindowSpec shuffled =
        Window.partitionBy(ExampleSchema.DOMAIN)
            .orderBy(
                xxhash64(lit(seed), col(ExampleSchema.DOMAIN), col(ItemSchema.KEY)),
                col(ItemSchema.KEY));
    return items
        .groupBy(ExampleSchema.DOMAIN, ItemSchema.KEY)
        .agg(
            min(struct(
                    col(ExampleSchema.PROMPT), col(ExampleSchema.RESPONSES), col(ItemSchema.ITEM)))
                .as("kept"),
            count(lit(1)).as(COPIES),
            min(when(
                    col(ItemSchema.PROBLEM).isNotNull(),
                    struct(col(ItemSchema.FILE), col(ItemSchema.PROBLEM))))
                .as(UNUSABLE))
        .select(ExampleSchema.DOMAIN, ItemSchema.KEY, "kept.*", COPIES, UNUSABLE)
        .withColumn(RANK, row_number().over(shuffled).minus(1).cast("long"));
  }
}
