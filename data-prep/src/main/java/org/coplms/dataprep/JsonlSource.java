package org.coplms.dataprep;

import static org.apache.spark.sql.functions.col;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads JSONL lines in parallel; a file is looked at line by line only to locate an error. */
final class JsonlSource implements Source {
  private final PrepareSpec spec;
  private final JsonlSpec source;

  JsonlSource(PrepareSpec spec, JsonlSpec source) {
    this.spec = spec;
    this.source = source;
  }

  /** The identity is a digest of the files' names, lengths and times of change. */
  @Override
  public Input input(Configuration hadoop) {
    List<FileStatus> files = HadoopFiles.list(hadoop, source.path());
    if (files.isEmpty()) {
      throw new PreparationException(
          "There is no file at %s; correct the path of the JSONL source".formatted(source.path()));
    }
    StringBuilder listing = new StringBuilder();
    long bytes = 0;
    for (FileStatus file : files) {
      bytes += file.getLen();
      listing.append(
          "%s %d %d\n".formatted(file.getPath(), file.getLen(), file.getModificationTime()));
    }
    return new Input(
        "%d files, %s".formatted(files.size(), KeyedSeed.hex(listing.toString(), 16)), bytes);
  }

  @Override
  public Dataset<Row> items(SparkSession spark) {
    return spark
        .read()
        .option("recursiveFileLookup", true)
        .text(source.path())
        .select(col("value").cast("binary"), col("_metadata.file_path"))
        .flatMap(new ParseFn(), Encoders.row(ItemSchema.ITEMS));
  }

  @Override
  public PreparationException unusable(Configuration hadoop, String file, String problem) {
    return JsonlLocator.firstUnusable(hadoop, file)
        .orElseGet(() -> new PreparationException("%s: %s".formatted(file, problem)));
  }

  @Override
  public SplitPlan plan(SortedMap<String, Long> itemsPerDomain) {
    return new JsonlPlan(spec, source, itemsPerDomain).plan();
  }

  @Override
  public Set<String> deviceOnlyDomains() {
    return Set.copyOf(source.deviceOnlyDomains());
  }

  /** (bytes of a line, its file) → an item, a problem, or nothing for a blank line. */
  private static final class ParseFn implements FlatMapFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Row> call(Row line) {
      byte[] bytes = line.getAs(0);
      if (JsonlParser.isBlank(bytes)) {
        return List.<Row>of().iterator();
      }
      try {
        return List.of(ItemSchema.row(JsonlParser.parse(bytes))).iterator();
      } catch (JsonlParser.UnusableLineException e) {
        return List.of(ItemSchema.problem(e.getMessage(), line.getString(1))).iterator();
      }
    }
  }
}
