package org.coplms.dataprep.files;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.dataprep.PreparationException;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Keeps the records that cannot be used, with their places and reasons: JSON lines {@code {"file",
 * "line", "part", "reason", "record"}}, sorted by place. A line counts from 1 in its file, blank
 * ones too; of Parquet it is the row. A part counts, from 0, the records that begin on one line.
 */
public final class Quarantine {
  private static final String REASON = "reason";
  private static final String BEFORE = "linesBefore";
  private static final Seq<String> PLACE =
      JavaConverters.asScalaBuffer(List.of(RecordSchema.FILE, RecordSchema.BLOCK)).toSeq();

  private static final StructType COUNTS =
      DataTypes.createStructType(
          List.of(
              DataTypes.createStructField(RecordSchema.FILE, DataTypes.StringType, false),
              DataTypes.createStructField(RecordSchema.BLOCK, DataTypes.LongType, false),
              DataTypes.createStructField(RecordSchema.LINE, DataTypes.LongType, false)));

  private static final StructType WRITTEN =
      DataTypes.createStructType(
          List.of(
              DataTypes.createStructField(RecordSchema.FILE, DataTypes.StringType, false),
              DataTypes.createStructField(RecordSchema.LINE, DataTypes.LongType, false),
              DataTypes.createStructField(RecordSchema.PART, DataTypes.IntegerType, false),
              DataTypes.createStructField(REASON, DataTypes.StringType, false)));

  private Quarantine() {}

  /**
   * Writes the unusable ones of the records under a folder, in the place of what is there; with
   * none it removes the folder. Line numbers cost a pass over those files in which a record beyond
   * the first block is unusable.
   *
   * @param records from {@link FileRecords#read}; they are computed several times, so best
   *     persisted
   * @param first how many problems to tell as text
   */
  public static Quarantined write(
      SparkSession spark, ReadSpec spec, Dataset<Row> records, String folder, int first) {
    Dataset<Row> unusable = records.filter(col(RecordSchema.PROBLEM).isNotNull());
    SortedMap<String, Long> kinds = new TreeMap<>();
    for (Row kind : unusable.groupBy(RecordSchema.KIND).count().collectAsList()) {
      kinds.put(kind.getString(0), kind.getLong(1));
    }
    if (kinds.isEmpty()) {
      delete(spark.sparkContext().hadoopConfiguration(), folder);
      return new Quarantined(folder, kinds, List.of());
    }
    numbered(spark, spec, unusable)
        .withColumn(
            RecordSchema.FILE,
            udf(new ShownFn(), DataTypes.StringType).apply(col(RecordSchema.FILE)))
        .select(
            col(RecordSchema.FILE),
            col(RecordSchema.LINE),
            col(RecordSchema.PART),
            col(RecordSchema.PROBLEM).as(REASON),
            col(RecordSchema.RECORD))
        .orderBy(RecordSchema.FILE, RecordSchema.LINE, RecordSchema.PART)
        .write()
        .mode(SaveMode.Overwrite)
        .json(folder);
    return new Quarantined(folder, kinds, first(spark, spec, folder, first));
  }

  /** With lines that count from the file's beginning. */
  private static Dataset<Row> numbered(SparkSession spark, ReadSpec spec, Dataset<Row> unusable) {
    Dataset<Row> beyondFirst = unusable.filter(col(RecordSchema.BLOCK).gt(0));
    Set<String> files =
        Set.copyOf(
            beyondFirst.select(RecordSchema.FILE).distinct().as(Encoders.STRING()).collectAsList());
    if (files.isEmpty()) {
      return unusable;
    }
    Dataset<Row> moved =
        beyondFirst
            .join(linesBefore(spark, spec, files), PLACE, "left")
            .withColumn(
                RecordSchema.LINE,
                udf(new TrueLineFn(), DataTypes.LongType)
                    .apply(col(RecordSchema.LINE), col(BEFORE)))
            .drop(BEFORE);
    return unusable.filter(col(RecordSchema.BLOCK).equalTo(0)).unionByName(moved);
  }

  /** (file, block, lines of the file before the block). */
  private static Dataset<Row> linesBefore(SparkSession spark, ReadSpec spec, Set<String> names) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<InputFile> files =
        InputFiles.of(hadoop, spec).stream().filter(file -> names.contains(file.file())).toList();
    BlockFunctions.CountLinesFn count =
        new BlockFunctions.CountLinesFn(new SerializableConfiguration(hadoop));
    WindowSpec blocksBefore =
        Window.partitionBy(RecordSchema.FILE)
            .orderBy(RecordSchema.BLOCK)
            .rowsBetween(Window.unboundedPreceding(), -1);
    return spark
        .createDataFrame(
            FileRecords.overBlocks(spark, FileRecords.blocks(spark, spec, files), count), COUNTS)
        .select(
            col(RecordSchema.FILE),
            col(RecordSchema.BLOCK),
            coalesce(sum(RecordSchema.LINE).over(blocksBefore), lit(0L)).as(BEFORE));
  }

  private static List<String> first(SparkSession spark, ReadSpec spec, String folder, int count) {
    List<String> texts = new ArrayList<>();
    for (Row row :
        spark
            .read()
            .schema(WRITTEN)
            .json(folder)
            .orderBy(RecordSchema.FILE, RecordSchema.LINE, RecordSchema.PART)
            .limit(count)
            .collectAsList()) {
      String part = row.getInt(2) == 0 ? "" : ", record " + (row.getInt(2) + 1);
      texts.add(
          "%s, %s %d%s: %s"
              .formatted(
                  row.getString(0),
                  isParquet(spec, row.getString(0)) ? "row" : "line",
                  row.getLong(1),
                  part,
                  row.getString(3)));
    }
    return texts;
  }

  private static boolean isParquet(ReadSpec spec, String file) {
    return spec.format() == FileFormat.PARQUET
        || (spec.format() == FileFormat.AUTO
            && FileFormat.ofName(file).filter(f -> f == FileFormat.PARQUET).isPresent());
  }

  private static void delete(Configuration hadoop, String folder) {
    Path path = new Path(folder);
    try {
      path.getFileSystem(hadoop).delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException("Deleting %s failed".formatted(folder), e);
    }
  }

  private static final class ShownFn implements UDF1<String, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String call(String file) {
      return InputFile.shown(file);
    }
  }

  /** A line in its block and the lines before the block → the line in the file. */
  private static final class TrueLineFn implements UDF2<Long, Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long call(Long line, Long before) {
      if (before == null) {
        throw new PreparationException(
            "The files or spark.sql.files.maxPartitionBytes changed while records were read; read"
                + " them again");
      }
      return before + line;
    }
  }
}
