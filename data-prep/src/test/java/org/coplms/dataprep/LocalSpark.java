package org.coplms.dataprep;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Small sessions in the test's own process. */
public final class LocalSpark {
  private LocalSpark() {}

  public static SparkSession start(int cores, int shufflePartitions) {
    return SparkSession.builder()
        .master("local[" + cores + "]")
        .appName("data-prep tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", Integer.toString(shufflePartitions))
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate();
  }

  /** Rows as text in the order of their text. */
  public static List<String> content(Dataset<Row> rows) {
    return rows.toJSON().collectAsList().stream().sorted().toList();
  }
}
