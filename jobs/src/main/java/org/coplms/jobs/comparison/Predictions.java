package org.coplms.jobs.comparison;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.results.PredictionScores;
import org.coplms.jobs.store.RunStore;
import org.coplms.udfs.answer.Answers;

/**
 * The answers of all cells as one table: {@code method, seed}, {@link Answers#SCHEMA}, {@code
 * exposed}. The last is null where it was not measured, and for the server's models.
 */
final class Predictions {
  private static final StructType EXPOSED =
      new StructType()
          .add("device", DataTypes.IntegerType, false)
          .add("id", DataTypes.StringType, false);
  private static final String[] QUESTION = {"method", "seed", "device", "id"};

  private final Dataset<Row> all;

  private Predictions(Dataset<Row> all) {
    this.all = all;
  }

  /** At least one cell. */
  static Predictions of(SparkSession spark, List<Cell> cells) {
    Dataset<Row> answers = cells.stream().map(c -> answers(spark, c)).reduce(Dataset::union).get();
    Optional<Dataset<Row>> hits =
        cells.stream()
            .filter(CellFigures::isExposureMeasured)
            .map(c -> exposed(spark, c))
            .reduce(Dataset::union);
    Dataset<Row> joined =
        hits.map(seen -> answers.join(broadcast(seen), QUESTION, "left"))
            .orElseGet(() -> answers.withColumn("hit", lit(false)));
    Column exposed =
        when(col("measured").and(col("device").geq(0)), coalesce(col("hit"), lit(false)));
    return new Predictions(joined.withColumn("exposed", exposed).select(columns()));
  }

  private static Dataset<Row> answers(SparkSession spark, Cell cell) {
    return ofCell(spark.read().schema(Answers.SCHEMA).parquet(cell.store().predictionsPath()), cell)
        .withColumn("measured", lit(CellFigures.isExposureMeasured(cell)))
        .select(withMeasured());
  }

  private static Dataset<Row> exposed(SparkSession spark, Cell cell) {
    return ofCell(
            spark.read().schema(EXPOSED).parquet(cell.store().path(CellFigures.EXPOSED)), cell)
        .select("method", "seed", "device", "id")
        .distinct()
        .withColumn("hit", lit(true));
  }

  private static Dataset<Row> ofCell(Dataset<Row> rows, Cell cell) {
    return rows.withColumn("method", lit(cell.method())).withColumn("seed", lit(cell.seed()));
  }

  private static Column[] withMeasured() {
    Column[] columns = columns();
    columns[columns.length - 1] = col("measured");
    return columns;
  }

  /** The columns of the table; the last is {@code exposed}. */
  private static Column[] columns() {
    String[] answer = Answers.SCHEMA.fieldNames();
    Column[] columns = new Column[answer.length + 3];
    columns[0] = col("method");
    columns[1] = col("seed");
    for (int i = 0; i < answer.length; i++) {
      columns[i + 2] = col(answer[i]);
    }
    columns[columns.length - 1] = col("exposed");
    return columns;
  }

  void write(String path) {
    all.repartition(col("method"), col("seed")).write().mode(SaveMode.Overwrite).parquet(path);
  }

  /** Scores by method and seed ({@link Cell#key}), of every model. */
  SortedMap<String, PredictionScores> byCell() {
    Column key = concat_ws("/", col("method"), col("seed").cast(DataTypes.StringType));
    return PredictionScores.byKey(all.withColumn("key", key), "key");
  }

  /** Scores of the untuned models, by the root of their base. */
  static SortedMap<String, PredictionScores> ofBases(SparkSession spark, List<Cell> cells) {
    SortedMap<String, RunStore> bases = new TreeMap<>();
    cells.forEach(cell -> bases.put(cell.base().root(), cell.base()));
    Optional<Dataset<Row>> answers =
        bases.values().stream()
            .filter(base -> base.exists("predictions"))
            .map(
                base ->
                    spark
                        .read()
                        .schema(Answers.SCHEMA)
                        .parquet(base.predictionsPath())
                        .withColumn("key", lit(base.root())))
            .reduce(Dataset::union);
    return answers.map(rows -> PredictionScores.byKey(rows, "key")).orElseGet(TreeMap::new);
  }

  /**
   * The SLMs' answers by method. The driver gets two scores for every method, seed, device and
   * question: a bootstrap redraws them thousands of times, which is no work for executors.
   */
  Map<String, MethodScores> ofDevices() {
    Map<String, SortedMap<Question, Answer>> answers = new HashMap<>();
    Dataset<Row> rows =
        all.where(col("model").equalTo(ModelNames.SLM_AFTER))
            .select("method", "seed", "device", "id", "domain", "rougeL", "exactMatch", "exposed");
    for (Row row : rows.collectAsList()) {
      Question question = new Question(row.getLong(1), row.getInt(2), row.getString(3));
      Answer answer =
          new Answer(
              row.getString(4),
              100 * row.getDouble(5),
              100 * row.getDouble(6),
              !row.isNullAt(7) && row.getBoolean(7));
      Answer earlier =
          answers
              .computeIfAbsent(row.getString(0), method -> new TreeMap<>())
              .put(question, answer);
      if (earlier != null) {
        throw new IllegalStateException(
            "%s answered %s twice; a cell's predictions must hold each question once"
                .formatted(row.getString(0), question));
      }
    }
    Map<String, MethodScores> scores = new HashMap<>();
    answers.forEach((method, own) -> scores.put(method, new MethodScores(own)));
    return scores;
  }
}
