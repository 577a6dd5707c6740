package org.coplms.dataprep.files;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.net.URI;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.PreparationException;

/** Reads Parquet by Spark; a row becomes a JSON object. */
final class ParquetRecords {
  private ParquetRecords() {}

  static Dataset<Row> read(SparkSession spark, List<InputFile> files, RecordRows rows) {
    String[] paths = files.stream().map(file -> literal(file.file())).toArray(String[]::new);
    return table(spark, paths, files)
        .select(to_json(struct(col("*"))), col("_metadata.file_path"), col("_metadata.row_index"))
        .flatMap(new RowFn(rows), Encoders.row(RecordSchema.RECORDS));
  }

  /** Columns that only some files have are null in the others. */
  private static Dataset<Row> table(SparkSession spark, String[] paths, List<InputFile> files) {
    try {
      return spark
          .read()
          .option("mergeSchema", true)
          .option("recursiveFileLookup", true)
          .parquet(paths);
    } catch (Exception e) {
      if (e instanceof SparkException || e instanceof AnalysisException) {
        throw new PreparationException(
            "The Parquet files from %s on cannot be read together (%s); check that each is complete and that equal columns have equal types"
                .formatted(InputFile.shown(files.get(0).file()), e.getMessage()),
            e);
      }
      throw e;
    }
  }

  /** Spark takes paths for globs. */
  private static String literal(String path) {
    return path.replaceAll("[\\\\{}\\[\\]*?]", "\\\\$0");
  }

  private static final class RowFn implements FlatMapFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final RecordRows rows;

    RowFn(RecordRows rows) {
      this.rows = rows;
    }

    @Override
    public Iterator<Row> call(Row row) {
      String file = new Path(URI.create(row.getString(1))).toString();
      String stem = InputFile.withoutExtension(new Path(file).getName());
      long number = row.getLong(2) + 1;
      String json = row.getString(0);
      return rows.of(record(json, number), new RecordRows.Place(file, stem, 0)).iterator();
    }

    private static RawRecord record(String json, long number) {
      try {
        return new RawRecord.Whole(number, Json.object(json, "for each row"));
      } catch (UnusableRecordException e) {
        return new RawRecord.Unreadable(number, e, Text.bounded(json));
      }
    }
  }
}
