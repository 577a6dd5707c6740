package org.coplms.udfs.exposure;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.model.TaskSpec;
import org.coplms.udfs.store.HadoopFiles;

/**
 * Hashes of prompts by device: trained on, asked in tests, and seen by the SLM; kept until closed.
 */
final class PromptTables implements AutoCloseable {
  static final String DEVICE = "device";
  static final String ID = "id";
  private static final String HASH = "hash";
  private static final StructType HASHES =
      new StructType()
          .add(DEVICE, DataTypes.IntegerType, false)
          .add(HASH, DataTypes.LongType, false);
  private static final List<String> KEY = List.of(DEVICE, HASH);

  private final List<Integer> devices;
  private final Dataset<Row> train;
  private final Dataset<Row> questions;
  private final Dataset<Row> test;
  private final Dataset<Row> seen;

  private PromptTables(
      List<Integer> devices, Dataset<Row> train, Dataset<Row> questions, Dataset<Row> seen) {
    this.devices = devices;
    this.train = train.persist();
    this.questions = questions.persist();
    this.test = questions.select(DEVICE, HASH).distinct().persist();
    this.seen = seen.persist();
  }

  static PromptTables open(
      SparkSession spark,
      Dataset<Row> train,
      Dataset<Row> test,
      String statesFolder,
      TaskSpec task) {
    Column hash = functions.udf(new HashFn(), DataTypes.LongType).apply(functions.col("prompt"));
    Dataset<Row> trained = train.select(functions.col(DEVICE), hash.as(HASH)).distinct();
    List<Integer> devices =
        train.select(DEVICE).distinct().collectAsList().stream()
            .map(row -> row.getInt(0))
            .sorted()
            .toList();
    JavaRDD<Row> seen =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(devices, Math.max(1, devices.size()))
            .mapPartitions(new SeenFn(statesFolder, task));
    return new PromptTables(
        devices,
        trained,
        test.select(functions.col(DEVICE), functions.col(ID), hash.as(HASH)),
        spark.createDataFrame(seen, HASHES));
  }

  /** Devices with training examples, ascending. */
  List<Integer> devices() {
    return devices;
  }

  /** Number of prompts that each SLM has seen. */
  Map<Integer, Long> seen() {
    return counts(seen);
  }

  /** Every training prompt that is not the device's own is one of another device. */
  Exposure.Counts otherTrain() {
    Dataset<Row> prompts = train.select(HASH).distinct();
    long total = prompts.count();
    Map<Integer, Long> own = counts(train);
    Map<Integer, Long> others = new TreeMap<>();
    devices.forEach(device -> others.put(device, total - own.getOrDefault(device, 0L)));
    Dataset<Row> met =
        join(join(seen, prompts, List.of(HASH), "left_semi"), train, KEY, "left_anti");
    return new Exposure.Counts(others, counts(met));
  }

  /** A test prompt that only the device itself has is not one of another device. */
  Exposure.Counts unseenTest() {
    Dataset<Row> untrained = join(test, train.select(HASH), List.of(HASH), "left_anti");
    Dataset<Row> holders =
        untrained
            .groupBy(HASH)
            .agg(functions.count(DEVICE).as("holders"), functions.min(DEVICE).as("holder"))
            .persist();
    try {
      long total = holders.count();
      Map<Integer, Long> alone =
          counts(holders.where("holders = 1").withColumnRenamed("holder", DEVICE));
      Map<Integer, Long> others = new TreeMap<>();
      devices.forEach(device -> others.put(device, total - alone.getOrDefault(device, 0L)));
      Dataset<Row> met =
          join(seen, holders, List.of(HASH), "inner").where("holders > 1 or holder <> device");
      return new Exposure.Counts(others, counts(met));
    } finally {
      holders.unpersist(false);
    }
  }

  Exposure.Counts ownTest() {
    return new Exposure.Counts(counts(test), counts(join(test, seen, KEY, "left_semi")));
  }

  /** Device and id of the test questions whose prompt their device's SLM has seen, in order. */
  List<Row> exposedQuestions() {
    return join(questions, seen, KEY, "left_semi")
        .select(DEVICE, ID)
        .orderBy(DEVICE, ID)
        .collectAsList();
  }

  private static Dataset<Row> join(
      Dataset<Row> left, Dataset<Row> right, List<String> columns, String kind) {
    return left.join(right, columns.toArray(new String[0]), kind);
  }

  private static Map<Integer, Long> counts(Dataset<Row> rows) {
    Map<Integer, Long> counts = new TreeMap<>();
    for (Row row : rows.groupBy(DEVICE).count().collectAsList()) {
      counts.put(row.getInt(0), row.getLong(1));
    }
    return counts;
  }

  @Override
  public void close() {
    train.unpersist(false);
    questions.unpersist(false);
    test.unpersist(false);
    seen.unpersist(false);
  }

  private static final class HashFn implements UDF1<String, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long call(String prompt) {
      return PromptHash.of(prompt);
    }
  }

  /** The hashes in the states of some devices. */
  private static final class SeenFn implements FlatMapFunction<Iterator<Integer>, Row> {
    private static final long serialVersionUID = 1L;

    private final String statesFolder;
    private final TaskSpec task;

    SeenFn(String statesFolder, TaskSpec task) {
      this.statesFolder = statesFolder;
      this.task = task;
    }

    @Override
    public Iterator<Row> call(Iterator<Integer> devices) {
      Configuration files = task.configuration();
      List<Row> rows = new ArrayList<>();
      while (devices.hasNext()) {
        int device = devices.next();
        byte[] state = HadoopFiles.read(RoundFolders.state(statesFolder, device), files);
        KeptState.seenOf(state).forEach(hash -> rows.add(RowFactory.create(device, hash)));
      }
      return rows.iterator();
    }
  }
}
