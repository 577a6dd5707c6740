package org.coplms.dataprep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Asserts on the rows as written what the plan promised. */
final class WrittenCheck {
  private static final Column ON_SERVER =
      col(ExampleSchema.DEVICE).equalTo(ExampleSchema.SERVER_ID);
  private static final Column FOR_SLMS = col(ExampleSchema.SPLIT).equalTo(Splits.PRETRAIN_SLM);

  private final Dataset<Row> written;
  private final List<DataStatistics.Cell> cells;

  WrittenCheck(Dataset<Row> written) {
    this.written = written;
    cells =
        written
            .groupBy(ExampleSchema.DEVICE, ExampleSchema.SPLIT, ExampleSchema.DOMAIN)
            .count()
            .orderBy(ExampleSchema.DEVICE, ExampleSchema.SPLIT, ExampleSchema.DOMAIN)
            .collectAsList()
            .stream()
            .map(
                row ->
                    new DataStatistics.Cell(
                        row.getInt(0), row.getString(1), row.getString(2), row.getLong(3)))
            .toList();
  }

  List<DataStatistics.Cell> cells() {
    return cells;
  }

  void requireRows(long planned) {
    long rows = cells.stream().mapToLong(DataStatistics.Cell::rows).sum();
    if (rows != planned) {
      throw new PreparationException(
          "%d rows were written, %d were planned; the data are not usable, prepare them again"
              .formatted(rows, planned));
    }
  }

  /**
   * Each normalised prompt of a domain stands in one place, save that the SLMs' pretraining rows
   * are pretraining rows too.
   */
  void requireDisjoint() {
    Column key = udf(new PromptKey(), DataTypes.StringType).apply(col(ExampleSchema.PROMPT));
    Column pretrain = col(ExampleSchema.SPLIT).equalTo(Splits.PRETRAIN).and(ON_SERVER);
    List<Row> shared =
        written
            .groupBy(col(ExampleSchema.DOMAIN), key.as(ItemSchema.KEY))
            .agg(
                count(when(FOR_SLMS, true)).as("slm"),
                count(when(pretrain, true)).as("pretrain"),
                count(when(FOR_SLMS, null).otherwise(true)).as("places"))
            .filter(col("places").notEqual(1).or(col("slm").gt(col("pretrain"))))
            .orderBy(ExampleSchema.DOMAIN, ItemSchema.KEY)
            .limit(1)
            .collectAsList();
    for (Row row : shared) {
      throw new PreparationException(
          "The prompt '%s' of domain '%s' was written to %d places; every prompt has one split"
              .formatted(row.getString(1), row.getString(0), row.getLong(4)));
    }
  }

  void requireAbsentFromServer(Set<String> deviceOnlyDomains) {
    for (DataStatistics.Cell cell : cells) {
      boolean known = cell.device() == ExampleSchema.SERVER_ID && !cell.split().equals(Splits.TEST);
      if (known && deviceOnlyDomains.contains(cell.domain())) {
        throw new PreparationException(
            "%d rows of the device-only domain '%s' were written to the server's split %s"
                .formatted(cell.rows(), cell.domain(), cell.split()));
      }
    }
  }
}
