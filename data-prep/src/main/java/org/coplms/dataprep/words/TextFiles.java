package org.coplms.dataprep.words;

import static org.apache.spark.sql.functions.col;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.dataprep.HadoopFiles;
import org.coplms.dataprep.PreparationException;

/**
 * Texts in files on any Hadoop file system: lines of text files, or columns of tables.
 *
 * @param path a file, folder or glob
 * @param columns of texts; empty for the usual ones: prompt, response, responses
 * @param bytes of all files, as they are stored
 * @param isPlain whether the files are nothing but their texts: not compressed, no other format
 */
public record TextFiles(
    String path, Format format, List<String> columns, long bytes, boolean isPlain) {
  private static final String CORRUPT = "_corrupt_record";
  private static final String NO_FIELD = "_no_field";
  private static final StructType CORRUPT_LINES =
      new StructType().add(CORRUPT, DataTypes.StringType).add(NO_FIELD, DataTypes.StringType);
  private static final int SHOWN = 80;

  public TextFiles {
    columns = List.copyOf(columns);
  }

  /** How texts stand in files. */
  public enum Format {
    /** Each line is a text. */
    TEXT,
    /** Each line is a JSON object. */
    JSONL,
    PARQUET;

    /** The format that a file's name says: text where it says none. */
    static Format ofName(String name) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.matches(".*\\.(jsonl?|ndjson)(\\.\\w+)?")) {
        return JSONL;
      }
      return lower.matches(".*\\.parquet(\\.\\w+)?") ? PARQUET : TEXT;
    }
  }

  /**
   * Looks at the files, but not into them.
   *
   * @param format empty for what the files' names say
   * @throws PreparationException when there is no file, or their names say several formats
   */
  public static TextFiles find(
      String path, Optional<Format> format, List<String> columns, Configuration hadoop) {
    List<FileStatus> files = HadoopFiles.list(hadoop, path);
    if (files.isEmpty()) {
      throw new PreparationException(
          "There is no file at %s; give a file, a folder or a glob".formatted(path));
    }
    Format found = format.orElseGet(() -> byNames(path, files));
    if (found == Format.TEXT && !columns.isEmpty()) {
      throw new PreparationException(
          "The files at %s are read as text, which has no column '%s'; name their format, jsonl or parquet"
              .formatted(path, columns.get(0)));
    }
    CompressionCodecFactory codecs = new CompressionCodecFactory(hadoop);
    boolean plain =
        found == Format.TEXT
            && files.stream().allMatch(file -> codecs.getCodec(file.getPath()) == null);
    long bytes = files.stream().mapToLong(FileStatus::getLen).sum();
    return new TextFiles(path, found, columns, bytes, plain);
  }

  private static Format byNames(String path, List<FileStatus> files) {
    Map<Format, String> examples = new TreeMap<>();
    for (FileStatus file : files) {
      examples.putIfAbsent(Format.ofName(file.getPath().getName()), file.getPath().getName());
    }
    if (examples.size() > 1) {
      throw new PreparationException(
          "The files at %s have several formats by their names (%s); choose files with a glob, or name one format for all"
              .formatted(path, String.join(", ", examples.values())));
    }
    return examples.keySet().iterator().next();
  }

  /**
   * The texts, one or several columns of strings or lists of strings.
   *
   * @throws PreparationException when a column is not there or holds no texts, or a line is no JSON
   */
  public Dataset<Row> texts(SparkSession spark) {
    if (format == Format.TEXT) {
      return spark.read().option("recursiveFileLookup", true).text(path);
    }
    Dataset<Row> table = format == Format.JSONL ? json(spark) : parquet(spark);
    return table.select(new TextColumns(table.schema(), path).choose(columns));
  }

  private Dataset<Row> parquet(SparkSession spark) {
    return spark.read().option("recursiveFileLookup", true).parquet(path);
  }

  private Dataset<Row> json(SparkSession spark) {
    Dataset<Row> table = spark.read().option("recursiveFileLookup", true).json(path);
    if (Arrays.asList(table.schema().fieldNames()).contains(CORRUPT)) {
      throw notJson(spark);
    }
    return table;
  }

  /**
   * The first unusable line by file and content: Spark numbers no lines. The way over an RDD keeps
   * Spark from reading the one column of such lines alone, which it refuses.
   */
  private PreparationException notJson(SparkSession spark) {
    Dataset<Row> lines =
        spark
            .read()
            .option("recursiveFileLookup", true)
            .schema(CORRUPT_LINES)
            .json(path)
            .select(col("_metadata.file_path").as("file"), col(CORRUPT), col(NO_FIELD));
    List<Row> first =
        spark
            .createDataFrame(lines.toJavaRDD(), lines.schema())
            .where(col(CORRUPT).isNotNull())
            .orderBy("file", CORRUPT)
            .takeAsList(1);
    String place =
        first.isEmpty() ? path : HadoopFiles.shown(new Path(URI.create(first.get(0).getString(0))));
    String line = first.isEmpty() ? "" : ": " + shown(first.get(0).getString(1));
    return new PreparationException(
        "%s has a line that is not a JSON object%s; write one object on each line, or name the format text"
            .formatted(place, line));
  }

  private static String shown(String line) {
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
  }
}
