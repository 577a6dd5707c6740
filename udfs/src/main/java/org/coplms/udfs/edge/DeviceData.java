package org.coplms.udfs.edge;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/** Private examples laid out so that partition i holds device i's data and nothing else. */
public final class DeviceData {
  private DeviceData() {}

  /** Shuffles once and persists, so that a device's data stays on its executor over the rounds. */
  public static JavaRDD<Row> byDevice(Dataset<Row> examples, int devices) {
    return examples
        .toJavaRDD()
        .mapToPair(new DeviceKey())
        .partitionBy(new DevicePartitioner(devices))
        .values()
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static final class DeviceKey implements PairFunction<Row, Integer, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public Tuple2<Integer, Row> call(Row row) {
      return new Tuple2<>(row.<Integer>getAs("device"), row);
    }
  }
}
