package org.coplms.dataprep.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Splits;

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
   * Each normalised prompt stands in one place, save that the SLMs' pretraining rows are
   * pretraining rows too.
   *
   * @param within columns whose values keep equal prompts apart
   */
  void requireDisjoint(List<String> within) {
    List<Column> keys = new ArrayList<>(within.stream().map(name -> col(name)).toList());
    keys.add(ItemSchema.key(col(ExampleSchema.PROMPT)).as(ItemSchema.KEY));
    Column pretrain = col(ExampleSchema.SPLIT).equalTo(Splits.PRETRAIN).and(ON_SERVER);
    List<Row> shared =
        written
            .groupBy(keys.toArray(new Column[0]))
            .agg(
                min(ExampleSchema.DOMAIN).as("first_domain"),
                count(when(FOR_SLMS, true)).as("slm"),
                count(when(pretrain, true)).as("pretrain"),
                count(when(FOR_SLMS, null).otherwise(true)).as("places"))
            .filter(col("places").notEqual(1).or(col("slm").gt(col("pretrain"))))
            .orderBy(ItemSchema.KEY, "first_domain")
            .select(ItemSchema.KEY, "first_domain", "places")
            .limit(1)
            .collectAsList();
    for (Row row : shared) {
      throw new PreparationException(
          "The prompt '%s' of domain '%s' was written to %d places; every prompt has one split"
              .formatted(row.getString(0), row.getString(1), row.getLong(2)));
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
