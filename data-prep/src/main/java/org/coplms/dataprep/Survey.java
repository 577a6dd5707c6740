package org.coplms.dataprep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What ranked items amount to: one job, of which one row for each domain comes to the driver.
 *
 * @param read records, duplicates and unusable ones included
 * @param itemsPerDomain distinct items
 * @param domainWithRepeatedId a domain where two prompts share an id
 * @param unusable the first unusable record
 */
record Survey(
    long read,
    SortedMap<String, Long> itemsPerDomain,
    Optional<String> domainWithRepeatedId,
    Optional<Unusable> unusable) {
  /** A record that holds no example. */
  record Unusable(String file, String problem) {}

  static Survey of(Dataset<Row> ranked) {
    List<Row> domains =
        ranked
            .groupBy(ExampleSchema.DOMAIN)
            .agg(
                count(lit(1)),
                sum(Ranking.COPIES),
                countDistinct(ItemSchema.ITEM),
                min(Ranking.UNUSABLE))
            .collectAsList();
    long read = 0;
    SortedMap<String, Long> items = new TreeMap<>();
    Optional<String> repeated = Optional.empty();
    Optional<Unusable> unusable = Optional.empty();
    for (Row row : domains) {
      read += row.getLong(2);
      if (row.isNullAt(0)) {
        Row first = row.getStruct(4);
        unusable = Optional.of(new Unusable(first.getString(0), first.getString(1)));
      } else {
        items.put(row.getString(0), row.getLong(1));
        repeated = row.getLong(3) < row.getLong(1) ? Optional.of(row.getString(0)) : repeated;
      }
    }
    return new Survey(read, items, repeated, unusable);
  }

  long accepted() {
    return itemsPerDomain.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The error for an id that stands for several prompts of a domain. */
  static PreparationException repeatedId(Dataset<Row> ranked, String domain) {
    Row repeated =
        ranked
            .filter(col(ExampleSchema.DOMAIN).equalTo(domain))
            .groupBy(ItemSchema.ITEM)
            .agg(count(lit(1)).as("prompts"), min(ExampleSchema.PROMPT))
            .filter(col("prompts").gt(1))
            .orderBy(ItemSchema.ITEM)
            .first();
    return new PreparationException(
        ("The id '%s' stands for %d different prompts of domain '%s', one of them '%s'; give each"
                + " its own id, or none")
            .formatted(repeated.getString(0), repeated.getLong(1), domain, repeated.getString(2)));
  }
}
