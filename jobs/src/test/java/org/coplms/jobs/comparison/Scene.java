package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.cotune.RoundMetrics;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.store.Crossing;
import org.coplms.jobs.store.Direction;
import org.coplms.jobs.store.Ledger;
import org.coplms.jobs.store.RunIdentity;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.StageMarker;
import org.coplms.udfs.answer.Answers;

/** Cells as a comparison leaves them: two devices; domain {@code xx} is known to devices only. */
final class Scene {
  private final SparkSession spark;
  private final Path folder;

  Scene(SparkSession spark, Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate();
  }

  static ComparisonInfo info(MethodInfo... methods) {
    return infoOn("test", methods);
  }

  static ComparisonInfo infoOn(String questions, MethodInfo... methods) {
    return new ComparisonInfo(
        "cldr",
        questions,
        "co-plms",
        List.of(methods),
        "./coplms compare --conf conf/compare.conf",
        "2 cores, 8 GB",
        "2026-02-03",
        Map.of("spark", "3.5.7", "java", "17"));
  }

  static MethodInfo method(String name) {
    String title = name.equals("co-plms") ? "Co-PLMs" : name;
    return new MethodInfo(name, title, MethodInfo.Kind.METHOD, !name.equals("standalone"));
  }

  /** An SLM's answer; scores 0 to 1 as in the predictions. */
  static Row answer(int device, String domain, String id, double rougeL, double exactMatch) {
    return answer(ModelNames.SLM_AFTER, device, domain, id, rougeL, exactMatch);
  }

  static Row answer(
      String model, int device, String domain, String id, double rougeL, double exactMatch) {
    return RowFactory.create(
        model, device, domain, id, "q " + id, new String[] {"a"}, "a", rougeL, exactMatch);
  }

  RunStore base(long seed, List<Row> answers) {
    RunStore store = open("base-" + seed);
    DataStatistics statistics =
        new DataStatistics(
            "{}",
            "",
            new RecordCounts(0, 0, 0, 0, 0),
            List.of(
                new DataStatistics.Cell(-1, Splits.PUBLIC, "de", 5),
                new DataStatistics.Cell(-1, Splits.PRETRAIN, "de", 5),
                new DataStatistics.Cell(-1, Splits.TEST, "xx", 5),
                new DataStatistics.Cell(0, Splits.TRAIN, "xx", 5),
                new DataStatistics.Cell(0, Splits.TRAIN, "de", 5)));
    store.write("data/statistics.json", statistics.toJson().getBytes(StandardCharsets.UTF_8));
    predictions(store, answers);
    return store;
  }

  /** With one round that moved 300 bytes down and 100 up, and validation scores 40 and 20. */
  Cell cell(String method, long seed, RunStore base, List<Row> answers) {
    RunStore store = open("cell-" + method + "-" + seed);
    predictions(store, answers);
    String round = store.beginRound(1);
    new Ledger(store)
        .writeRound(
            1,
            List.of(
                new Crossing(1, 0, Direction.DOWN, List.of("theta"), 300),
                new Crossing(1, 0, Direction.UP, List.of("theta"), 100)));
    List<Row> metrics = new ArrayList<>();
    for (int device = 0; device < 2; device++) {
      metrics.add(RowFactory.create(1, device, "data", "slm-tokens", 1000.0 + 500 * device));
      metrics.add(RowFactory.create(1, device, "evaluate", "rouge-l", 40.0));
      metrics.add(RowFactory.create(1, device, "evaluate", "exact-match", 20.0));
    }
    spark
        .createDataFrame(metrics, RoundMetrics.SCHEMA)
        .coalesce(1)
        .write()
        .parquet(round + "/metrics.parquet");
    store.commitRound(1);
    store.markStageDone(new StageMarker("cotune", "", 12.5));
    return new Cell(method, seed, store, base);
  }

  /** Says which of the test prompts the SLMs were trained on: one device and id for each. */
  void exposed(Cell cell, Row... questions) {
    StructType schema =
        new StructType()
            .add("device", DataTypes.IntegerType, false)
            .add("id", DataTypes.StringType, false);
    spark
        .createDataFrame(List.of(questions), schema)
        .coalesce(1)
        .write()
        .parquet(cell.store().path(CellFigures.EXPOSED));
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.putObject("mean")
        .put("seen", 50)
        .put("other_train", 0.08)
        .put("unseen_test", 0.03)
        .put("own_test", 0.1);
    cell.store().writeJson("exposure.json", tree);
  }

  private void predictions(RunStore store, List<Row> answers) {
    Map<String, List<Row>> byModel =
        answers.stream().collect(Collectors.groupingBy(row -> row.getString(0)));
    byModel.forEach(
        (model, own) ->
            spark
                .createDataFrame(own, Answers.SCHEMA)
                .drop("model")
                .coalesce(1)
                .write()
                .parquet(store.predictionsPath() + "/model=" + model));
  }

  private RunStore open(String name) {
    RunIdentity identity =
        new RunIdentity(JsonNodeFactory.instance.objectNode(), 1, new TreeMap<>(), Set.of());
    return RunStore.open(folder.resolve(name).toString(), identity, new Configuration());
  }
}
