package org.coplms.dataprep.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.util.SerializableConfiguration;

/** Reads files in tests and tells the rows in short. */
final class Reading {
  private static final Configuration HADOOP = new Configuration();

  private Reading() {}

  static SparkSession spark(int cores, int shufflePartitions) {
    return SparkSession.builder()
        .master("local[" + cores + "]")
        .appName("files tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", Integer.toString(shufflePartitions))
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate();
  }

  static ReadSpec spec(Path path) {
    return ReadSpec.of(path.toString());
  }

  static ReadSpec with(ReadSpec spec, Layout layout) {
    return new ReadSpec(
        spec.path(),
        spec.format(),
        layout,
        spec.columns(),
        spec.csv(),
        spec.domain(),
        spec.cleaning());
  }

  static ReadSpec with(ReadSpec spec, FileFormat format) {
    return new ReadSpec(
        spec.path(),
        format,
        spec.layout(),
        spec.columns(),
        spec.csv(),
        spec.domain(),
        spec.cleaning());
  }

  static ReadSpec with(ReadSpec spec, CsvOptions csv) {
    return new ReadSpec(
        spec.path(),
        spec.format(),
        spec.layout(),
        spec.columns(),
        csv,
        spec.domain(),
        spec.cleaning());
  }

  static ReadSpec with(ReadSpec spec, DomainFrom domain) {
    return new ReadSpec(
        spec.path(),
        spec.format(),
        spec.layout(),
        spec.columns(),
        spec.csv(),
        domain,
        spec.cleaning());
  }

  static ReadSpec with(ReadSpec spec, Cleaning cleaning) {
    return new ReadSpec(
        spec.path(),
        spec.format(),
        spec.layout(),
        spec.columns(),
        spec.csv(),
        spec.domain(),
        cleaning);
  }

  /** As tasks read them, in this thread; not for Parquet. */
  static List<Row> rows(ReadSpec spec) {
    return rows(spec, 1L << 20);
  }

  static List<Row> rows(ReadSpec spec, long blockBytes) {
    List<Block> blocks =
        InputFiles.of(HADOOP, spec).stream()
            .flatMap(file -> Block.cut(file, spec, blockBytes))
            .toList();
    List<Row> rows = new ArrayList<>();
    try (BlockFunctions.BlockRows all =
        new BlockFunctions.ReadFn(
                new SerializableConfiguration(HADOOP),
                spec.csv(),
                new RecordRows(spec, Optional.empty()))
            .rows(blocks)) {
      all.forEachRemaining(rows::add);
    }
    return rows.stream().map(Reading::withSchema).toList();
  }

  private static Row withSchema(Row row) {
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i) instanceof String[] texts ? List.of(texts) : row.get(i);
    }
    return new GenericRowWithSchema(values, RecordSchema.RECORDS);
  }

  static List<String> told(ReadSpec spec) {
    return told(rows(spec));
  }

  /** Each row as {@code domain|item|prompt|[responses]}, or {@code line.part kind: problem}. */
  static List<String> told(List<Row> rows) {
    return rows.stream().map(Reading::told).toList();
  }

  private static String told(Row row) {
    String problem = row.getAs(RecordSchema.PROBLEM);
    return problem == null
        ? "%s|%s|%s|%s"
            .formatted(
                row.<String>getAs(RecordSchema.DOMAIN),
                row.<String>getAs(RecordSchema.ITEM),
                row.<String>getAs(RecordSchema.PROMPT),
                responses(row))
        : "%d.%d %s: %s"
            .formatted(
                row.<Long>getAs(RecordSchema.LINE),
                row.<Integer>getAs(RecordSchema.PART),
                row.<String>getAs(RecordSchema.KIND),
                problem);
  }

  static List<?> responses(Row row) {
    return row.get(row.fieldIndex(RecordSchema.RESPONSES)) instanceof List<?> list
        ? list
        : row.getList(row.fieldIndex(RecordSchema.RESPONSES));
  }

  /** Single quotes stand for double ones. */
  static Path write(Path file, String... lines) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, json(String.join("\n", lines)) + "\n");
  }

  static String json(String text) {
    return text.replace('\'', '"');
  }

  static Path gzip(Path file, byte[] content) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(content);
    }
    return file;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
