package org.coplms.dataprep.partition;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.SparkException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.assertj.core.data.Offset;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.PreparationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class EdgePartitionerTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2, 3);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void everyRowHasOneDeviceAndTheSizesAreThePlans() {
    Dataset<Row> rows = rows(900, 2);
    EdgePartition partition = dirichlet().fit(rows);
    SortedMap<String, Long> items = new TreeMap<>();
    rows.groupBy("domain")
        .count()
        .collectAsList()
        .forEach(r -> items.put(r.getString(0), r.getLong(1)));
    assertThat(partition.sizes())
        .usingRecursiveComparison()
        .isEqualTo(new PartitionPlan(new DirichletPartitionSpec(0.5), 7, 4, items).withAtLeast(20));
    Dataset<Row> shared = partition.transform(rows);
    assertThat(shared.schema()).isEqualTo(partition.transformSchema(rows.schema()));
    assertThat(LocalSpark.content(shared.drop("device"))).isEqualTo(LocalSpark.content(rows));
    assertThat(sizes(shared, 4)).usingRecursiveComparison().isEqualTo(partition.sizes());
    assertThat(partition.numDevices()).isEqualTo(4);
  }

  @Test
  void devicesDoNotDependOnPartitionsOrOrder() {
    List<String> one = LocalSpark.content(dirichlet().fit(rows(600, 1)).transform(rows(600, 1)));
    Dataset<Row> other = rows(600, 5).orderBy(xxhash64(col("id"))).repartition(9);
    assertThat(LocalSpark.content(dirichlet().fit(other).transform(other))).isEqualTo(one);
    assertThat(LocalSpark.content(dirichlet().setSeed(8).fit(other).transform(other)))
        .isNotEqualTo(one);
  }

  @Test
  void aDomainsRowsAreShuffledNotCutInTheOrderOfIds() {
    Dataset<Row> shared =
        new EdgePartitioner()
            .setDevices(2)
            .setStrategy("iid")
            .fit(rows(600, 2))
            .transform(rows(600, 2));
    long lowOnFirst =
        shared.filter(col("device").equalTo(0).and(col("id").cast("int").lt(300))).count();
    // Half of 300, within five standard deviations of a draw without replacement.
    assertThat(lowOnFirst).isBetween(119L, 181L);
  }

  @Test
  void otherStrategiesReachTheirSpecs() {
    Dataset<Row> rows = rows(900, 2);
    assertThat(fitted(new IidPartitionSpec(), rows).get("d0")).containsExactly(113, 113, 112, 112);
    assertThat(fitted(new PathologicalPartitionSpec(1), rows).values())
        .allSatisfy(
            sizes -> assertThat(Arrays.stream(sizes).filter(n -> n > 0)).hasSizeBetween(1, 2));
    SortedMap<String, long[]> quantity = fitted(new QuantityPartitionSpec(0.4), rows);
    assertThat(quantity.get("d0")[0] / 450.0)
        .isCloseTo(quantity.get("d1")[0] / 300.0, Offset.offset(0.006));
  }

  @Test
  void aColumnSaysTheDeviceInTheOrderOfItsValues() {
    Dataset<Row> rows = rows(300, 2).withColumn("site", col("id").cast("int").mod(12).multiply(5));
    EdgePartition partition = byColumn("site", 12).fit(rows);
    Dataset<Row> shared = partition.transform(rows);
    assertThat(shared.filter(col("device").multiply(5).notEqual(col("site"))).count()).isZero();
    assertThat(sizes(shared, 12)).usingRecursiveComparison().isEqualTo(partition.sizes());
    Dataset<Row> named =
        rows.withColumn("site", when(col("site").lt(30), "Bonn").otherwise("Aachen"));
    assertThat(
            byColumn("site", 2)
                .fit(named)
                .transform(named)
                .filter(col("device").equalTo(0).notEqual(col("site").equalTo("Aachen")))
                .count())
        .isZero();
  }

  @Test
  void aSavedPartitionGivesTheSameDevices(@TempDir Path folder) throws IOException {
    Dataset<Row> rows = rows(300, 2).withColumn("site", col("domain"));
    for (EdgePartitioner one : List.of(dirichlet(), byColumn("site", 3))) {
      String name = one.getOrDefault(one.strategy());
      EdgePartition partition = one.fit(rows);
      partition.save(folder.resolve(name).toString());
      EdgePartition loaded = EdgePartition.load(folder.resolve(name).toString());
      assertThat(loaded.uid()).isEqualTo(partition.uid());
      assertThat(loaded.sizes()).usingRecursiveComparison().isEqualTo(partition.sizes());
      assertThat(LocalSpark.content(loaded.transform(rows)))
          .isEqualTo(LocalSpark.content(partition.transform(rows)));
    }
    dirichlet().save(folder.resolve("estimator").toString());
    EdgePartitioner loaded = EdgePartitioner.load(folder.resolve("estimator").toString());
    assertThat(loaded.fit(rows).sizes())
        .usingRecursiveComparison()
        .isEqualTo(dirichlet().fit(rows).sizes());
  }

  @Test
  void itIsAStageOfAPipeline(@TempDir Path folder) throws IOException {
    Dataset<Row> rows = rows(300, 2);
    PipelineModel fitted = new Pipeline().setStages(new PipelineStage[] {dirichlet()}).fit(rows);
    fitted.save(folder.resolve("pipeline").toString());
    assertThat(
            LocalSpark.content(
                PipelineModel.load(folder.resolve("pipeline").toString()).transform(rows)))
        .isEqualTo(LocalSpark.content(fitted.transform(rows)))
        .isEqualTo(LocalSpark.content(dirichlet().fit(rows).transform(rows)));
  }

  @Test
  void aCopyTakesOtherParameters() {
    Dataset<Row> rows = rows(300, 2);
    EdgePartition partition = dirichlet().fit(rows);
    EdgePartition copy = partition.copy(new ParamMap().put(partition.outputCol(), "edge"));
    assertThat(copy.transform(rows).columns()).contains("edge").doesNotContain("device");
    assertThat(partition.transform(rows).columns()).contains("device");
  }

  @Test
  void rowsThatCannotBeSharedOutAreOneClearError() {
    Dataset<Row> rows = rows(300, 2);
    refused(
        dirichlet(),
        rows.withColumn("domain", when(col("id").notEqual("3"), col("domain"))),
        "1 rows have no domain in column 'domain'; fill it in, or leave them out");
    refused(
        dirichlet(),
        rows.withColumn("id", when(col("id").notEqual("3"), col("id"))),
        "1 rows of domain 'd1' have no id in column 'id'; give each row an id");
    refused(
        dirichlet(),
        rows.withColumn("id", lit(1)),
        "rows, but only 1 different ids in column 'id'; give each row its own id");
    refused(dirichlet(), rows.limit(0), "There is no row to share out over devices");
    refused(
        dirichlet().setMinExamples(200),
        rows,
        "No dirichlet partition in 1,000 draws gives each of 4 devices at least 200 items (300");
    Dataset<Row> sites = rows.withColumn("site", col("domain"));
    refused(
        byColumn("site", 5),
        sites,
        "Column 'site' has 3 different values for 5 devices; set devices to 3");
    refused(
        byColumn("site", 3),
        sites.withColumn("site", when(col("id").notEqual("3"), col("site"))),
        "1 rows have no device in column 'site'");
    refused(
        byColumn("site", 3).setMinExamples(60),
        sites,
        "Device 2 ('d2') has 50 rows, at least 60 are asked for");
    refused(byColumn("site", 3), sites.limit(0), "There is no row to share out over devices");
  }

  @Test
  void otherRowsThanThoseFittedAreRefused() {
    EdgePartition partition = dirichlet().fit(rows(300, 2));
    assertThatThrownBy(() -> partition.transform(rows(310, 2)))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining(
            "The rows are not those that the partition was fitted on (d0: 150 then, 155 now;");
    assertThatThrownBy(
            () ->
                partition.transform(
                    rows(300, 2)
                        .withColumn(
                            "domain",
                            when(col("domain").equalTo("d2"), "d3").otherwise(col("domain")))))
        .hasMessageContaining("d2: 50 then, 0 now; d3: 0 then, 50 now");
    Dataset<Row> sites = rows(300, 2).withColumn("site", col("domain"));
    EdgePartition bySite = byColumn("site", 3).fit(sites);
    assertThatThrownBy(() -> bySite.transform(sites.withColumn("site", lit("new"))).collect())
        .isInstanceOf(SparkException.class)
        .hasStackTraceContaining("Column 'site' has the value 'new', which no device has");
  }

  @Test
  void parametersAndColumnsThatDoNotFitAreRefused() {
    Dataset<Row> rows = rows(30, 1);
    refused(new EdgePartitioner(), rows, "devices is not set");
    refused(dirichlet().setStrategy("even"), rows, "strategy must be one of [dirichlet, iid,");
    refused(dirichlet().setStrategy("column"), rows, "deviceCol is not set");
    refused(dirichlet().setDomainCol("x"), rows, "There is no column 'x' (domainCol)");
    refused(dirichlet().setOutputCol("id"), rows, "There is a column 'id' already");
    refused(
        dirichlet(),
        rows.withColumn("id", lit(0.5)),
        "Column 'id' (idCol) must be string or a whole number, got double; cast it");
    assertThatThrownBy(() -> new EdgePartitioner().setAlpha(0))
        .hasMessageContaining("alpha given invalid value 0.0");
  }

  private static void refused(EdgePartitioner partitioner, Dataset<Row> rows, String message) {
    assertThatThrownBy(() -> partitioner.fit(rows)).hasMessageContaining(message);
  }

  private static EdgePartitioner dirichlet() {
    return new EdgePartitioner().setDevices(4).setAlpha(0.5).setMinExamples(20).setSeed(7);
  }

  private static EdgePartitioner byColumn(String column, int devices) {
    return new EdgePartitioner().setDevices(devices).setSpec(new ColumnPartitionSpec(column));
  }

  private static SortedMap<String, long[]> fitted(PartitionSpec spec, Dataset<Row> rows) {
    return new EdgePartitioner().setDevices(4).setSpec(spec).fit(rows).sizes();
  }

  /** Half of domain d0, a third of d1, a sixth of d2. */
  private static Dataset<Row> rows(long rows, int partitions) {
    return spark
        .range(0, rows, 1, partitions)
        .select(
            col("id").cast(DataTypes.StringType).as("id"),
            when(col("id").mod(6).equalTo(0), "d2")
                .when(col("id").mod(2).equalTo(0).or(col("id").mod(6).equalTo(1)), "d0")
                .otherwise("d1")
                .as("domain"));
  }

  private static SortedMap<String, long[]> sizes(Dataset<Row> shared, int devices) {
    SortedMap<String, long[]> sizes = new TreeMap<>();
    for (Row row : shared.groupBy("domain", "device").count().collectAsList()) {
      sizes.computeIfAbsent(row.getString(0), domain -> new long[devices])[row.getInt(1)] =
          row.getLong(2);
    }
    return sizes;
  }
}
