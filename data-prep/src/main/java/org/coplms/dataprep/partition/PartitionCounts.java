package org.coplms.dataprep.partition;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.coplms.dataprep.PreparationException;

/** Counts of a table that is to be shared out, and whether it can be. */
final class PartitionCounts {
  private final Dataset<Row> rows;
  private final String domainCol;

  PartitionCounts(Dataset<Row> rows, String domainCol) {
    this.rows = rows;
    this.domainCol = domainCol;
  }

  /**
   * One job.
   *
   * @throws PreparationException when there is no row, or one without a domain or its own id
   */
  SortedMap<String, Long> rowsPerDomain(String idCol) {
    Column id = PartitionColumns.named(idCol);
    List<Row> domains =
        rows.groupBy(PartitionColumns.named(domainCol))
            .agg(count(lit(1)), count(id), countDistinct(id))
            .collectAsList();
    requireDomains(domains);
    SortedMap<String, Long> counts = new TreeMap<>();
    for (Row row : domains) {
      String domain = row.getString(0);
      long all = row.getLong(1);
      if (row.getLong(2) < all) {
        throw new PreparationException(
            "%d rows of domain '%s' have no id in column '%s'; give each row an id"
                .formatted(all - row.getLong(2), domain, idCol));
      }
      if (row.getLong(3) < all) {
        throw new PreparationException(
            ("Domain '%s' has %d rows, but only %d different ids in column '%s'; give each row its"
                    + " own id, or drop duplicates")
                .formatted(domain, all, row.getLong(3), idCol));
      }
      counts.put(domain, all);
    }
    return counts;
  }

  /**
   * The devices as a column says them.
   *
   * @throws PreparationException when there is no row, or one without a domain or device, when the
   *     column has not as many values as there are devices, or a device too few rows
   */
  EdgeShares byColumn(String deviceCol, int devices, long least) {
    Column device = PartitionColumns.named(deviceCol);
    Row found = rows.agg(count(lit(1)), count(device), countDistinct(device)).first();
    if (found.getLong(1) < found.getLong(0)) {
      throw new PreparationException(
          "%d rows have no device in column '%s'; fill it in, or leave them out"
              .formatted(found.getLong(0) - found.getLong(1), deviceCol));
    }
    if (found.getLong(0) > 0 && found.getLong(2) != devices) {
      throw new PreparationException(
          ("Column '%s' has %d different values for %d devices; set devices to %d, or name another"
                  + " column")
              .formatted(deviceCol, found.getLong(2), devices, found.getLong(2)));
    }
    List<String> values =
        rows.select(device.as("device")).distinct().sort("device").collectAsList().stream()
            .map(row -> row.get(0).toString())
            .toList();
    EdgeShares shares = new EdgeShares(sizes(device, values), values);
    requireAtLeast(least, shares);
    return shares;
  }

  private SortedMap<String, long[]> sizes(Column device, List<String> values) {
    List<Row> cells =
        rows.groupBy(PartitionColumns.named(domainCol), device.cast(DataTypes.StringType))
            .count()
            .collectAsList();
    requireDomains(cells);
    SortedMap<String, Integer> numbers = new TreeMap<>();
    values.forEach(value -> numbers.put(value, numbers.size()));
    SortedMap<String, long[]> sizes = new TreeMap<>();
    for (Row cell : cells) {
      sizes
              .computeIfAbsent(cell.getString(0), domain -> new long[values.size()])[
              numbers.get(cell.getString(1))] =
          cell.getLong(2);
    }
    return sizes;
  }

  private static void requireAtLeast(long least, EdgeShares shares) {
    long[] totals = new long[shares.devices()];
    shares.sizes().values().forEach(one -> Arrays.setAll(totals, i -> totals[i] + one[i]));
    for (int device = 0; device < totals.length; device++) {
      if (totals[device] < least) {
        throw new PreparationException(
            "Device %d ('%s') has %d rows, at least %d are asked for; lower minExamples or add data"
                .formatted(device, shares.values().get(device), totals[device], least));
      }
    }
  }

  /** Takes rows that begin with a domain. */
  private void requireDomains(List<Row> counts) {
    if (counts.isEmpty()) {
      throw new PreparationException("There is no row to share out over devices; check the input");
    }
    if (counts.stream().anyMatch(row -> row.isNullAt(0))) {
      long without = rows.filter(PartitionColumns.named(domainCol).isNull()).count();
      throw new PreparationException(
          "%d rows have no domain in column '%s'; fill it in, or leave them out"
              .formatted(without, domainCol));
    }
  }
}
