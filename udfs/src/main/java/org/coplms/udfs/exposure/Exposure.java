package org.coplms.udfs.exposure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.udfs.model.TaskSpec;

/**
 * How many prompts of others the SLMs have met in generated or shared texts: memorisation is where
 * {@code otherTrain} exceeds {@code unseenTest}.
 *
 * <p>States are read and prompts are hashed on executors; the driver sees counts and ids of test
 * questions.
 *
 * @param devices by id, every device that has training examples
 * @param mean over the devices
 * @param questions columns of {@link #SCHEMA}: each device's test questions whose prompt its SLM
 *     has met, by device and id
 */
public record Exposure(
    SortedMap<Integer, ExposureShares> devices, ExposureShares mean, Dataset<Row> questions) {
  /** Columns of {@code exposure.parquet}. */
  public static final StructType SCHEMA =
      new StructType()
          .add(PromptTables.DEVICE, DataTypes.IntegerType, false)
          .add(PromptTables.ID, DataTypes.StringType, false);

  /**
   * Counts.
   *
   * @param train training examples of all devices: {@code device}, {@code id}, {@code prompt}
   * @param test their test questions, the same columns
   * @param statesFolder the last round's device states
   */
  public static Exposure of(
      SparkSession spark,
      Dataset<Row> train,
      Dataset<Row> test,
      String statesFolder,
      TaskSpec task) {
    try (PromptTables tables = PromptTables.open(spark, train, test, statesFolder, task)) {
      SortedMap<Integer, ExposureShares> devices = shares(tables);
      List<Row> exposed = tables.exposedQuestions();
      return new Exposure(
          Collections.unmodifiableSortedMap(devices),
          ExposureShares.mean(devices.values()),
          spark.createDataFrame(exposed, SCHEMA));
    }
  }

  private static SortedMap<Integer, ExposureShares> shares(PromptTables tables) {
    Map<Integer, Long> seen = tables.seen();
    Counts otherTrain = tables.otherTrain();
    Counts unseenTest = tables.unseenTest();
    Counts ownTest = tables.ownTest();
    SortedMap<Integer, ExposureShares> shares = new TreeMap<>();
    for (int device : tables.devices()) {
      shares.put(
          device,
          new ExposureShares(
              (double) seen.getOrDefault(device, 0L),
              otherTrain.share(device),
              unseenTest.share(device),
              ownTest.share(device)));
    }
    return shares;
  }

  /** The content of {@code exposure.json}. */
  public Map<String, Object> json() {
    Map<String, Object> byDevice = new LinkedHashMap<>();
    devices.forEach((device, shares) -> byDevice.put(Integer.toString(device), shares.json()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("devices", byDevice);
    json.put("mean", mean.json());
    return json;
  }

  /** Prompts of one kind by device: all of them, and those that were met. */
  record Counts(Map<Integer, Long> all, Map<Integer, Long> met) {
    double share(int device) {
      long whole = all.getOrDefault(device, 0L);
      return whole == 0 ? 0 : (double) met.getOrDefault(device, 0L) / whole;
    }
  }
}
