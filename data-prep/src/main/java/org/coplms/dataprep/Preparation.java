package org.coplms.dataprep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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
    boolean inputStillThere =
        !(spec.source() instanceof JsonlSpec jsonl)
            || !HadoopFiles.list(hadoop, jsonl.path()).isEmpty();
    if (inputStillThere && !found.input().equals(source.inputIdentity(hadoop))) {
      throw new PreparationException(
          ("%s was prepared from input that has changed since (%s there, %s now); prepare into"
                  + " another folder, or delete this one")
              .formatted(dataPath, found.input(), source.inputIdentity(hadoop)));
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
    String input = source.inputIdentity(hadoop);
    Dataset<Row> items = source.items(spark).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long read = requireUsable(items);
      Dataset<Row> distinct = Ranking.distinct(items);
      Dataset<Row> ranked =
          Ranking.rank(distinct, spec.seed()).persist(StorageLevel.MEMORY_AND_DISK());
      try {
        Ranking.requireUniqueItems(ranked);
        return write(ranked, read, input);
      } finally {
        ranked.unpersist();
      }
    } finally {
      items.unpersist();
    }
  }

  private DataStatistics write(Dataset<Row> ranked, long read, String input) {
    SortedMap<String, Long> itemsPerDomain = itemsPerDomain(ranked);
    long accepted = itemsPerDomain.values().stream().mapToLong(Long::longValue).sum();
    SplitPlan plan = source.plan(itemsPerDomain);
    RecordCounts counts =
        new RecordCounts(read, accepted, read - accepted, 0, accepted - plan.assigned());

    // From here on the folder is not complete until the statistics are back.
    HadoopFiles.delete(hadoop, Prepared.statisticsFile(dataPath));
    writeRows(ranked.flatMap(new AssignFn(plan), Encoders.row(ExampleSchema.EXAMPLES)));
    WrittenCheck check = new WrittenCheck(Prepared.all(spark, dataPath));
    check.requireRows(plan.rows());
    check.requireDisjoint();
    check.requireAbsentFromServer(source.deviceOnlyDomains());
    DataStatistics statistics = new DataStatistics(spec.toJson(), input, counts, check.cells());
    HadoopFiles.writeText(hadoop, Prepared.statisticsFile(dataPath), statistics.toJson());
    return statistics;
  }

  /** The number of records read. */
  private long requireUsable(Dataset<Row> items) {
    Row found = items.agg(count(lit(1)), count(ItemSchema.PROBLEM), min(ItemSchema.FILE)).first();
    if (found.getLong(1) > 0) {
      String file = found.getString(2);
      String problem =
          items
              .filter(col(ItemSchema.FILE).equalTo(file))
              .agg(min(ItemSchema.PROBLEM))
              .first()
              .getString(0);
      throw source.unusable(hadoop, file, problem);
    }
    if (found.getLong(0) == 0) {
      throw new PreparationException(
          "The %s source holds no record: %s".formatted(spec.source().kind(), spec.source()));
    }
    return found.getLong(0);
  }

  private static SortedMap<String, Long> itemsPerDomain(Dataset<Row> ranked) {
    SortedMap<String, Long> counts = new TreeMap<>();
    ranked
        .groupBy(ExampleSchema.DOMAIN)
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    return counts;
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
