package org.coplms.dataprep.files;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.dataprep.PreparationException;

/**
 * Reads the records of files in parallel. Files of lines are read by blocks; JSON documents,
 * delimited files with line breaks in fields, and compressed files each by one task, as a stream.
 */
public final class FileRecords {
  private static final int IDENTITY_BYTES = 16;

  private FileRecords() {}

  /**
   * Every record of the files with {@link RecordSchema#RECORDS}, not yet computed, in the order of
   * paths and records, Parquet last. Files that change before they are read give other records.
   *
   * @param lengths may be empty where tokens are not limited
   * @throws PreparationException when there is nothing to read, or a file's format or compression
   *     is unknown
   */
  public static Dataset<Row> read(
      SparkSession spark, ReadSpec spec, Optional<TextLengths> lengths) {
    RecordRows rows = new RecordRows(spec, lengths);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<InputFile> parquet = new ArrayList<>();
    List<InputFile> others = new ArrayList<>();
    for (InputFile file : InputFiles.of(hadoop, spec)) {
      (file.format() == FileFormat.PARQUET ? parquet : others).add(file);
    }
    if (others.isEmpty()) {
      return ParquetRecords.read(spark, parquet, rows);
    }
    BlockFunctions.ReadFn read =
        new BlockFunctions.ReadFn(new SerializableConfiguration(hadoop), spec.csv(), rows);
    Dataset<Row> records =
        spark.createDataFrame(
            overBlocks(spark, blocks(spark, spec, others), read), RecordSchema.RECORDS);
    return parquet.isEmpty()
        ? records
        : records.unionByName(ParquetRecords.read(spark, parquet, rows));
  }

  /**
   * Looks at the input without reading it.
   *
   * @throws PreparationException when there is nothing to read
   */
  public static Listing list(Configuration hadoop, ReadSpec spec) {
    MessageDigest digest = sha256();
    List<FileStatus> files = InputFiles.statuses(hadoop, spec.path());
    long bytes = 0;
    for (FileStatus file : files) {
      bytes += file.getLen();
      String entry =
          "%s %d %d\n".formatted(file.getPath(), file.getLen(), file.getModificationTime());
      digest.update(entry.getBytes(StandardCharsets.UTF_8));
    }
    String identity = HexFormat.of().formatHex(digest.digest(), 0, IDENTITY_BYTES);
    return new Listing("%d files, %s".formatted(files.size(), identity), files.size(), bytes);
  }

  static List<Block> blocks(SparkSession spark, ReadSpec spec, List<InputFile> files) {
    long blockBytes = Block.bytes(spark);
    return files.stream().flatMap(file -> Block.cut(file, spec, blockBytes)).toList();
  }

  static JavaRDD<Row> overBlocks(
      SparkSession spark, List<Block> blocks, FlatMapFunction<List<Block>, Row> function) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<List<Block>> packs = Block.pack(blocks, context.defaultParallelism());
    return context.parallelize(packs, Math.max(packs.size(), 1)).flatMap(function);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
