package org.coplms.dataprep.prepare;

import static org.apache.spark.sql.functions.col;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.DataFolder;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.HadoopFiles;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.card.CardJson;
import org.coplms.dataprep.card.DataCard;
import org.coplms.dataprep.card.Tokenizers;
import org.coplms.dataprep.domains.DomainSummary;
import org.coplms.dataprep.files.RecordSchema;

/**
 * Turns a source into prepared data: read, set aside what cannot be used, deduplicate, find
 * domains, rank, cut into slots, write, check what was written, describe it.
 *
 * <p>{@code statistics.json} is written last: a folder without it is not prepared data, whatever an
 * interrupted run left there. Only counts come to the driver.
 */
public final class Preparation {
  /**
   * Of input as stored. Compressed text grows about tenfold, and near-duplicate detection sorts
   * some ten small rows for each record; so that a task needs some tens of MiB.
   */
  private static final long BYTES_PER_PARTITION = 4L << 20;

  private static final int MOST_PARTITIONS = 10_000;
  private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";

  private final SparkSession spark;
  private final PrepareSpec spec;
  private final String dataPath;
  private final Configuration hadoop;
  private final Source source;
  private final Optional<Tokenizers> tokenizers;
  private final PreparationListener listener;

  private Preparation(
      SparkSession spark,
      PrepareSpec spec,
      String dataPath,
      Optional<Tokenizers> tokenizers,
      PreparationListener listener) {
    this.spark = spark;
    this.spec = spec;
    this.dataPath = dataPath;
    hadoop = spark.sparkContext().hadoopConfiguration();
    this.tokenizers = tokenizers;
    this.listener = listener;
    source = Source.of(spec, tokenizers);
  }

  /**
   * Prepares the data of a specification under {@code dataPath}, unless they are there already.
   *
   * @throws PreparationException when the source cannot be used, or the folder holds other data
   */
  public static DataStatistics prepare(SparkSession spark, PrepareSpec spec, String dataPath) {
    return prepare(spark, spec, dataPath, Optional.empty(), PreparationListener.none());
  }

  /**
   * The same with tokenizers, whose tokens limit the texts' lengths and are counted on the data
   * card.
   *
   * @throws PreparationException when the source cannot be used, or the folder holds other data
   */
  public static DataStatistics prepare(
      SparkSession spark,
      PrepareSpec spec,
      String dataPath,
      Optional<Tokenizers> tokenizers,
      PreparationListener listener) {
    Preparation preparation = new Preparation(spark, spec, dataPath, tokenizers, listener);
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
    // Input that is gone has not changed.
    String now = source.input(hadoop).map(Source.Input::identity).orElse(found.input());
    if (!found.input().equals(now)) {
      throw new PreparationException(
          ("%s was prepared from input that has changed since (%s there, %s now); prepare into"
                  + " another folder, or delete this one")
              .formatted(dataPath, found.input(), now));
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
    Source.Input input =
        source
            .input(hadoop)
            .orElseThrow(
                () ->
                    new PreparationException(
                        "There is no file at %s; correct the path".formatted(source.place())));
    SparkSession session = session(input.bytes());
    // From here on the folder is not complete until the statistics are back.
    HadoopFiles.delete(hadoop, new DataFolder(dataPath).statistics());
    try (Held held = new Held()) {
      Collected collected = collect(session, held);
      Dataset<Row> ranked = ranked(collected.items(), held);
      Survey survey = Survey.of(ranked);
      SplitPlan plan = source.plan(survey.groups());
      listener.begins("write");
      writeRows(ranked.flatMap(new AssignFn(plan), Encoders.row(ExampleSchema.EXAMPLES)));
      DataStatistics statistics =
          new DataStatistics(
              spec.toJson(),
              input.identity(),
              collected.intake().counts(survey.accepted(), survey.accepted() - plan.assigned()),
              checkedCells(session, plan));
      listener.begins("describe");
      DataCard card =
          new CardWriter(session, spec, dataPath, tokenizers)
              .card(input, statistics, collected, ranked, plan);
      HadoopFiles.writeText(hadoop, new DataFolder(dataPath).card(), CardJson.write(card));
      HadoopFiles.writeText(hadoop, new DataFolder(dataPath).statistics(), statistics.toJson());
      return statistics;
    }
  }

  /** What reading gave; the items are kept, and each in a domain. */
  record Collected(
      Intake intake, long distinctItems, Dataset<Row> items, Optional<DomainSummary> discovered) {}

  private Collected collect(SparkSession session, Held held) {
    listener.begins("read");
    Dataset<Row> records = held.keep(source.records(session));
    Intake intake = intake(session, records);
    listener.begins("leave duplicates out");
    Dataset<Row> distinct =
        held.keep(
            Distinct.of(
                records.filter(col(RecordSchema.PROBLEM).isNull()), source.distinctWithin()));
    long distinctItems = distinct.count();
    held.release(records);
    listener.begins("leave near duplicates out");
    Dataset<Row> unlike = source.withoutNearDuplicates(distinct);
    replace(distinct, unlike, held);
    listener.begins("find domains");
    ItemsInDomains inDomains = source.inDomains(unlike, dataPath);
    replace(unlike, inDomains.items(), held);
    return new Collected(intake, distinctItems, inDomains.items(), inDomains.discovered());
  }

  /** Computes what comes after, unless it is the same, and keeps it in the place of what was. */
  private static void replace(Dataset<Row> before, Dataset<Row> after, Held held) {
    if (after != before) {
      held.keep(after).count();
      held.release(before);
    }
  }

  private Dataset<Row> ranked(Dataset<Row> items, Held held) {
    Survey.requireIdsOnce(items);
    listener.begins("rank");
    Dataset<Row> ranked = held.keep(Ranking.rank(items, spec.seed()));
    ranked.count();
    held.release(items);
    return ranked;
  }

  /** Where shuffles have partitions enough for the input. */
  private SparkSession session(long inputBytes) {
    SparkSession session = spark.newSession();
    long usual = Long.parseLong(spark.conf().get(SHUFFLE_PARTITIONS));
    long bySize = Math.min(inputBytes / BYTES_PER_PARTITION + 1, MOST_PARTITIONS);
    session.conf().set(SHUFFLE_PARTITIONS, Math.max(usual, bySize));
    return session;
  }

  private Intake intake(SparkSession session, Dataset<Row> records) {
    Intake intake =
        new Intake(
            records.count(),
            source.quarantine(session, records, new DataFolder(dataPath).quarantine()));
    if (intake.read() == 0) {
      throw new PreparationException(
          "There is no record in %s; give it some".formatted(source.place()));
    }
    intake.requireAtMost(spec.maxQuarantineShare());
    return intake;
  }

  /** Reads back what was written; any breach of the plan is an error. */
  private List<DataStatistics.Cell> checkedCells(SparkSession session, SplitPlan plan) {
    listener.begins("check what was written");
    Dataset<Row> written = Prepared.all(session, dataPath);
    WrittenCheck check = new WrittenCheck(written);
    check.requireRows(plan.rows());
    check.requireDisjoint(source.distinctWithin());
    check.requireAbsentFromServer(source.deviceOnlyDomains());
    source.check(written);
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
        .parquet(new DataFolder(dataPath).server());
    examples
        .filter(col(ExampleSchema.DEVICE).notEqual(ExampleSchema.SERVER_ID))
        .repartitionByRange(
            col(ExampleSchema.DEVICE), col(ExampleSchema.SPLIT), col(ExampleSchema.ID))
        .sortWithinPartitions(ExampleSchema.DEVICE, ExampleSchema.SPLIT, ExampleSchema.ID)
        .write()
        .mode(SaveMode.Overwrite)
        .partitionBy(ExampleSchema.DEVICE)
        .parquet(new DataFolder(dataPath).devices());
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
      String id = domain + "/" + item.<String>getAs(RecordSchema.ITEM);
      return plan.at(item.<String>getAs(ItemSchema.GROUP), item.<Long>getAs(Ranking.RANK)).stream()
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
