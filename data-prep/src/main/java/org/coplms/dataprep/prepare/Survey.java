package org.coplms.dataprep.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.files.RecordSchema;

/** What ranked items amount to; one row for each group comes to the driver. */
record Survey(List<GroupCount> groups) {
  /** A domain of its own would be nobody's; such data have no domains. */
  private static final int MOST_GROUPS = 100_000;

  /**
   * Counts.
   *
   * @throws PreparationException when there are too many groups to be domains
   */
  static Survey of(Dataset<Row> ranked) {
    Dataset<Row> groups =
        ranked
            .groupBy(
                col(ItemSchema.GROUP),
                col(RecordSchema.DOMAIN),
                coalesce(col(RecordSchema.DEVICE), lit("")))
            .count();
    List<Row> found = groups.limit(MOST_GROUPS + 1).collectAsList();
    if (found.size() > MOST_GROUPS) {
      throw new PreparationException(
          "The data have more than %,d domains, such as '%s'; domains are few, so choose another column, or domain.from = discover"
              .formatted(MOST_GROUPS, found.get(0).getString(1)));
    }
    return new Survey(
        found.stream()
            .map(
                row ->
                    new GroupCount(
                        row.getString(0), row.getString(1), row.getString(2), row.getLong(3)))
            .toList());
  }

  long accepted() {
    return groups.stream().mapToLong(GroupCount::items).sum();
  }

  /**
   * Refuses an id that stands for several prompts of a domain.
   *
   * @param items with the ids that the data give, null where they give none
   */
  static void requireIdsOnce(Dataset<Row> items) {
    List<Row> repeated =
        items
            .filter(col(RecordSchema.ITEM).isNotNull())
            .groupBy(RecordSchema.DOMAIN, RecordSchema.ITEM)
            .agg(count(lit(1)).as("prompts"), min(RecordSchema.PROMPT))
            .filter(col("prompts").gt(1))
            .orderBy(RecordSchema.DOMAIN, RecordSchema.ITEM)
            .limit(1)
            .collectAsList();
    for (Row row : repeated) {
      throw new PreparationException(
          ("The id '%s' stands for %d different prompts of domain '%s', one of them '%s'; give each"
                  + " its own id, or none")
              .formatted(row.getString(1), row.getLong(2), row.getString(0), row.getString(3)));
    }
  }
}
