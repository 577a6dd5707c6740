package org.coplms.dataprep;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads prepared data. Rows have {@link ExampleSchema#EXAMPLES}; their order is not defined: sort
 * by {@code id}, which is unique within a split, where order matters.
 */
public final class Prepared {
  private Prepared() {}

  /**
   * The rows of a server split.
   *
   * @param split one of {@link Splits#SERVER}
   */
  public static Dataset<Row> server(SparkSession spark, String dataPath, String split) {
    Splits.requireKnown(split, Splits.SERVER);
    requireComplete(spark, dataPath);
    return read(spark, new DataFolder(dataPath).server())
        .filter(col(ExampleSchema.SPLIT).equalTo(split));
  }

  /**
   * The rows of a split on every device.
   *
   * @param split one of {@link Splits#DEVICE}
   */
  public static Dataset<Row> devices(SparkSession spark, String dataPath, String split) {
    Splits.requireKnown(split, Splits.DEVICE);
    requireComplete(spark, dataPath);
    return read(spark, new DataFolder(dataPath).devices())
        .filter(col(ExampleSchema.SPLIT).equalTo(split));
  }

  /** Equal for the same rows in whatever order: their number, and two sums of 64-bit hashes. */
  public static String digest(Dataset<Row> rows) {
    Column[] columns = Stream.of(rows.columns()).map(name -> col(name)).toArray(Column[]::new);
    Row sums =
        rows.select(xxhash64(columns).as("hash"))
            .agg(count(lit(1)), total(col("hash")), total(xxhash64(col("hash"), lit(1))))
            .first();
    return "%d-%s-%s".formatted(sums.getLong(0), sums.getDecimal(1), sums.getDecimal(2));
  }

  private static Column total(Column hashes) {
    return coalesce(sum(hashes.cast("decimal(20,0)")), lit(0).cast("decimal(38,0)"));
  }

  /**
   * What was prepared.
   *
   * @throws PreparationException when the folder holds no complete data
   */
  public static DataStatistics statistics(String dataPath) {
    return require(HadoopFiles.configuration(), dataPath);
  }

  /** The rows of all places. */
  public static Dataset<Row> all(SparkSession spark, String dataPath) {
    return read(spark, new DataFolder(dataPath).server())
        .unionByName(read(spark, new DataFolder(dataPath).devices()));
  }

  /** The statistics, if they were written to their end. */
  public static Optional<DataStatistics> ifComplete(Configuration hadoop, String dataPath) {
    return HadoopFiles.readText(hadoop, new DataFolder(dataPath).statistics())
        .flatMap(
            text -> {
              try {
                return Optional.of(DataStatistics.fromJson(text));
              } catch (PreparationException cutShort) {
                return Optional.empty();
              }
            });
  }

  private static Dataset<Row> read(SparkSession spark, String path) {
    Column[] columns = new Column[ExampleSchema.EXAMPLES.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = col(ExampleSchema.EXAMPLES.apply(i).name());
    }
    // Partition columns come last from the reader.
    return spark.read().schema(ExampleSchema.EXAMPLES).parquet(path).select(columns);
  }

  private static void requireComplete(SparkSession spark, String dataPath) {
    DataStatistics unused = require(spark.sparkContext().hadoopConfiguration(), dataPath);
  }

  private static DataStatistics require(Configuration hadoop, String dataPath) {
    return ifComplete(hadoop, dataPath)
        .orElseThrow(
            () ->
                new PreparationException(
                    "%s holds no complete prepared data (no readable statistics.json); run prepare"
                        .formatted(dataPath)));
  }
}
