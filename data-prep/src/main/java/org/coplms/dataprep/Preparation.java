package org.coplms.dataprep;

import static org.apache.spark.sql.functions.col;

import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Turns a source into prepared data: read, check, deduplicate, rank, cut into slots, write, check
 * what was written.
 *
 * <p>{@code statistics.json} is written last: a folder without it is not prepared data, whatever an
 * interrupted run left there. Only counts come to the driver.
 */
public final class Preparation {
  /** Of input as stored; compressed text grows about tenfold. */
  private static final long BYTES_PER_PARTITION = 16L << 20;

  private static final int MOST_PARTITIONS = 10_000;

  private final SparkSession spark;
  private final PrepareSpec spec;
  private final String dataPath;
  private final Configuration hadoop;
  private final Source source;

  private Preparation(SparkSession spark, PrepareSpec spec, String dataPath) {
    this.spark = spark;
    this.spec = spec;
    this.dataPath = dataPath;
    hadoop = spark.sparkContext().hadoopConfiguration();
    source = Source.of(spec);
  }

  /**
   * Prepares the data of a specification under {@code dataPath}, unless they are there already.
   *
   * @throws PreparationException when the source cannot be used, or the folder holds other data
   */
  public static DataStatistics prepare(SparkSession spark, PrepareSpec spec, String dataPath) {
    Preparation preparation = new Preparation(spark, spec, dataPath);
    return Prepared.ifComplete(preparation.hadoop, dataPath)
        .map(preparation::reuse)
        .orElseGet(preparation::run);
  }

  /**
   * Whether {@code dataPath} holds the complete data of this very specification.
   *
   * @throws PreparationException when it holds the complete data of another one
   */
  public static boolean isComplete(String dataPath, PrepareSpec spec) {
    return Prepared.ifComplete(HadoopFiles.configuration(), dataPath)
        .map(
            found -> {
              requireSameSpec(found, spec, dataPath);
              return true;
            })
        .orElse(false);
  }

  private DataStatistics reuse(DataStatistics found) {
    requireSameSpec(found, spec, dataPath);
    boolean inputIsGone =
        spec.source() instanceof JsonlSpec jsonl
            && HadoopFiles.list(hadoop, jsonl.path()).isEmpty();
    if (!inputIsGone) {
      String now = source.input(hadoop).identity();
      if (!found.input().equals(now)) {
        throw new PreparationException(
            ("%s was prepared from input that has changed since (%s there, %s now); prepare into"
                    + " another folder, or delete this one")
                .formatted(dataPath, found.input(), now));
      }
    }
    return found;
  }

  private static void requireSameSpec(DataStatistics found, PrepareSpec spec, String dataPath) {
    List<String> differences = SpecJson.differences(found.spec(), spec.toJson());
    if (!differences.isEmpty()) {
      throw new PreparationException(
          ("%s holds data of another specification (%s); prepare into another folder, or delete"
                  + " this one")
              .formatted(dataPath, String.join("; ", differences)));
    }
  }

  private DataStatistics run() {
    Source.Input input = source.input(hadoop);
    Dataset<Row> ranked =
        Ranking.rank(source.items(spark), spec.seed())
            .coalesce(partitions(input.bytes()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Survey survey = Survey.of(ranked);
      requireUsable(survey, ranked);
      SplitPlan plan = source.plan(survey.itemsPerDomain());
      RecordCounts counts =
          new RecordCounts(
              survey.read(),
              survey.accepted(),
              survey.read() - survey.accepted(),
              0,
              survey.accepted() - plan.assigned());

      // From here on the folder is not complete until the statistics are back.
      HadoopFiles.delete(hadoop, Prepared.statisticsFile(dataPath));
      writeRows(ranked.flatMap(new AssignFn(plan), Encoders.row(ExampleSchema.EXAMPLES)));
      DataStatistics statistics =
          new DataStatistics(spec.toJson(), input.identity(), counts, checkedCells(plan));
      HadoopFiles.writeText(hadoop, Prepared.statisticsFile(dataPath), statistics.toJson());
      return statistics;
    } finally {
      ranked.unpersist();
    }
  }

  /** Adaptive execution leaves persisted data in as many partitions as the shuffle had. */
  private int partitions(long inputBytes) {
    long bySize = inputBytes / BYTES_PER_PARTITION + 1;
    return (int)
        Math.max(spark.sparkContext().defaultParallelism(), Math.min(bySize, MOST_PARTITIONS));
  }

  private void requireUsable(Survey survey, Dataset<Row> ranked) {
    if (survey.unusable().isPresent()) {
      Survey.Unusable first = survey.unusable().get();
      throw source.unusable(hadoop, first.file(), first.problem());
    }
    if (survey.domainWithRepeatedId().isPresent()) {
      throw Survey.repeatedId(ranked, survey.domainWithRepeatedId().get());
    }
    if (survey.read() == 0) {
      throw new PreparationException(
          "The %s source holds no record: %s".formatted(spec.source().kind(), spec.source()));
    }
  }

  /** Reads back what was written; any breach of the plan is an error. */
  private List<DataStatistics.Cell> checkedCells(SplitPlan plan) {
    WrittenCheck check = new WrittenCheck(Prepared.all(spark, dataPath));
    check.requireRows(plan.rows());
    check.requireDisjoint();
    check.requireAbsentFromServer(source.deviceOnlyDomains());
    return check.cells();
  }

  private void writeRows(Dataset<Row> examples) {
    examples
        .filter(col(ExampleSchema.DEVICE).equalTo(ExampleSchema.SERVER_ID))
        .repartitionByRange(col(ExampleSchema.SPLIT), col(ExampleSchema.ID))
        .sortWithinPartitions(ExampleSchema.SPLIT, ExampleSchema.ID)
        .write()
        .mode(SaveMode.Overwrite)
        .partitionBy(ExampleSchema.SPLIT)
        .parquet(Prepared.serverPath(dataPath));
    examples
        .filter(col(ExampleSchema.DEVICE).notEqual(ExampleSchema.SERVER_ID))
        .repartition(col(ExampleSchema.DEVICE))
        .sortWithinPartitions(ExampleSchema.DEVICE, ExampleSchema.SPLIT, ExampleSchema.ID)
        .write()
        .mode(SaveMode.Overwrite)
        .partitionBy(ExampleSchema.DEVICE)
        .parquet(Prepared.devicesPath(dataPath));
  }

  /** A ranked item → one row for each of its slots. */
  private static final class AssignFn implements FlatMapFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final SplitPlan plan;

    AssignFn(SplitPlan plan) {
      this.plan = plan;
    }

    @Override
    public Iterator<Row> call(Row item) {
      String domain = item.getAs(ExampleSchema.DOMAIN);
      String id = domain + "/" + item.<String>getAs(ItemSchema.ITEM);
      return plan.at(domain, item.<Long>getAs(Ranking.RANK)).stream()
          .map(
              slot ->
                  RowFactory.create(
                      id,
                      domain,
                      item.getAs(ExampleSchema.PROMPT),
                      item.getAs(ExampleSchema.RESPONSES),
                      slot.split(),
                      slot.device()))
          .iterator();
    }
  }
}
