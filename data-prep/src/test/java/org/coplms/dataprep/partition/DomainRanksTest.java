package org.coplms.dataprep.partition;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.coplms.dataprep.LocalSpark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class DomainRanksTest {
  private static final List<Column> ORDER = List.of(col("hash"), col("id"));
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2, 7);
    spark.conf().set("spark.sql.adaptive.coalescePartitions.enabled", false);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void ranksOfASkewedTableAreRowNumbers() {
    Dataset<Row> rows = skewed(20_000, 5);
    Dataset<Row> reference =
        rows.withColumn(
            "rank",
            row_number()
                .over(Window.partitionBy("domain").orderBy(ORDER.toArray(Column[]::new)))
                .minus(1)
                .cast("long"));
    Dataset<Row> ranked = DomainRanks.of(rows, "domain", ORDER, "rank");
    assertThat(ranked.columns()).containsExactly("id", "domain", "hash", "rank");
    assertThat(LocalSpark.content(ranked)).isEqualTo(LocalSpark.content(reference)).hasSize(20_000);
  }

  @Test
  void noTaskHasAllRowsOfALargeGroup() {
    List<Long> perTask =
        DomainRanks.of(skewed(20_000, 5), "domain", ORDER, "rank")
            .mapPartitions(
                (MapPartitionsFunction<Row, Long>) part -> Stream.of(count(part)).iterator(),
                Encoders.LONG())
            .collectAsList();
    assertThat(perTask).hasSize(7).allSatisfy(n -> assertThat(n).isLessThan(6_000));
  }

  @Test
  void ranksDoNotDependOnThePartitions() {
    List<String> one = LocalSpark.content(ranked(skewed(3_000, 1)));
    Dataset<Row> shuffled = skewed(3_000, 3).orderBy(xxhash64(lit(9), col("id"))).repartition(11);
    assertThat(LocalSpark.content(ranked(shuffled))).isEqualTo(one).hasSize(3_000);
  }

  @Test
  void groupsWithinAndAcrossRangesAreRankedFromZero() {
    // As many groups as rows in most ranges, and one group that covers several.
    Dataset<Row> rows =
        spark
            .range(0, 1_000, 1, 3)
            .withColumn("group", when(col("id").lt(400), lit(-1L)).otherwise(col("id").mod(300)));
    Dataset<Row> ranked = DomainRanks.of(rows, "group", List.of(col("id").desc()), "rank");
    Dataset<Row> reference =
        rows.withColumn(
            "rank",
            row_number()
                .over(Window.partitionBy("group").orderBy(col("id").desc()))
                .minus(1)
                .cast("long"));
    assertThat(LocalSpark.content(ranked)).isEqualTo(LocalSpark.content(reference));
  }

  @Test
  void noGroupIsAGroupAndNoRowsHaveNoRanks() {
    Dataset<Row> rows =
        spark.range(5).withColumn("a.b", when(col("id").lt(2), lit("x")).otherwise(lit(null)));
    assertThat(ids(DomainRanks.of(rows, "a.b", List.of(col("id")), "rank")))
        .isEqualTo("2:0 3:1 4:2 0:0 1:1");
    assertThat(DomainRanks.sort(rows, "a.b", List.of(col("id"))).rowsPerGroup())
        .containsEntry(null, 3L)
        .containsEntry("x", 2L)
        .hasSize(2);
    assertThat(DomainRanks.of(rows.limit(0), "a.b", List.of(col("id")), "rank").count()).isZero();
  }

  @Test
  void columnsThatCannotBeRankedAreRefused() {
    Dataset<Row> rows = spark.range(5).withColumn("x", lit(0.5));
    assertThatThrownBy(() -> DomainRanks.of(rows, "domain", List.of(), "rank"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There is no column 'domain' to rank within; the columns are [id, x]");
    assertThatThrownBy(() -> DomainRanks.of(rows, "x", List.of(), "rank"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Column 'x' is of type double, which cannot be ranked within; cast it to string");
    assertThatThrownBy(() -> DomainRanks.of(rows, "id", List.of(), "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There is a column 'x' already; choose another name for the ranks");
  }

  private static Dataset<Row> ranked(Dataset<Row> rows) {
    return DomainRanks.of(rows, "domain", ORDER, "rank");
  }

  /** 99 % of the rows are of one domain. */
  private static Dataset<Row> skewed(long rows, int partitions) {
    return spark
        .range(0, rows, 1, partitions)
        .select(
            col("id").cast("string").as("id"),
            when(col("id").mod(100).equalTo(7), lit("small")).otherwise(lit("large")).as("domain"))
        .withColumn("hash", xxhash64(lit(1L), col("domain"), col("id")));
  }

  private static String ids(Dataset<Row> ranked) {
    return ranked.collectAsList().stream()
        .map(row -> row.getAs("id") + ":" + row.getAs("rank"))
        .collect(Collectors.joining(" "));
  }

  private static long count(Iterator<Row> rows) {
    long count = 0;
    for (; rows.hasNext(); rows.next()) {
      count++;
    }
    return count;
  }
}
