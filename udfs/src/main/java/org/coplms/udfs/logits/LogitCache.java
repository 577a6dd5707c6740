package org.coplms.udfs.logits;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;
import org.coplms.proxy.mutual.PeerLogits;
import org.coplms.proxy.mutual.TopKCodec;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.model.ExampleRows;

/** The logit cache's Parquet table; its key stands beside the rows and is checked on reading. */
public final class LogitCache {
  private LogitCache() {}

  /** Examples with the logits that were computed over them. */
  public record Cached(List<Example> examples, PeerLogits logits) {}

  /** Computes and writes the logits of all examples, replacing what stood there. */
  public static void write(Dataset<Row> examples, LogitsSpec spec, String path) {
    CacheKey key = spec.key();
    TopKLogits.of(examples, spec)
        .withColumn("model_hash", functions.lit(key.model()))
        .withColumn("tokenizer_hash", functions.lit(key.tokenizer()))
        .withColumn("temperature", functions.lit(key.temperature()))
        .withColumn("top_k", functions.lit(key.topK()))
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(path);
  }

  /** Examples beside their logits, in one partition; those without logits are left out. */
  public static Dataset<Row> join(Dataset<Row> examples, String path) {
    Dataset<Row> table = examples.sparkSession().read().parquet(path);
    return examples.join(table, "id").coalesce(1);
  }

  /**
   * Reads the rows of {@link #join} in a task, sorted by id.
   *
   * @throws IllegalArgumentException when the cache was computed with another model, tokenizer,
   *     temperature or K, or over another text
   */
  public static Cached read(Iterator<Row> joined, CacheKey key) {
    List<Example> examples = new ArrayList<>();
    Map<String, byte[]> rows = new HashMap<>();
    int vocabSize = key.topK();
    while (joined.hasNext()) {
      Row row = joined.next();
      requireKey(row, key);
      Example example = ExampleRows.example(row);
      require(
          "text of example " + example.id(), row.getAs("example_hash"), ExampleHash.of(example));
      examples.add(example);
      rows.put(example.id(), row.getAs("rows"));
      vocabSize = row.getAs("vocab_size");
    }
    examples.sort(Comparator.comparing(Example::id));
    TopKCodec codec = new TopKCodec(Math.min(key.topK(), vocabSize), vocabSize);
    return new Cached(examples, new PeerLogits(codec, key.temperature(), rows));
  }

  private static void requireKey(Row row, CacheKey key) {
    require("model", row.getAs("model_hash"), key.model());
    require("tokenizer", row.getAs("tokenizer_hash"), key.tokenizer());
    require("temperature", row.getAs("temperature"), key.temperature());
    require("K", row.getAs("top_k"), key.topK());
  }

  private static void require(String what, Object found, Object wanted) {
    if (!found.equals(wanted)) {
      throw new IllegalArgumentException(
          "The logit cache does not fit: its %s is %s, this run has %s; delete the cache folder to have it computed again"
              .formatted(what, found, wanted));
    }
  }
}
