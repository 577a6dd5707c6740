package org.coplms.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.cli.Console;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.store.RunStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trained models are taken from the cache where they learned the same texts, and nowhere else. */
@Tag("spark")
class PretrainedCacheTest {
  @TempDir Path folder;

  @Test
  void modelsAreKeptByTheTextsThatTheyLearned() {
    run("first", Map.of(), "prepare", "pretrain");
    Set<String> first = kept();
    assertThat(first).hasSize(3);

    run("more-devices", Map.of("data.devices", "3"), "prepare", "pretrain");
    assertThat(kept()).isEqualTo(first);

    run("other-texts", Map.of(), "prepare");
    change(folder.resolve("other-texts/data/server/split=" + Splits.PRETRAIN_SLM));
    run("other-texts", Map.of(), "pretrain");
    assertThat(kept()).as("both SLMs are trained anew").hasSize(5).containsAll(first);
  }

  private void run(String name, Map<String, String> flags, String... stages) {
    Map<String, String> all = new HashMap<>(flags);
    all.put("models.cache", folder.resolve("cache").toString());
    Settings settings = TinyRun.settings(all);
    RunStore store = Console.open(folder.resolve(name).toString(), settings, new Configuration());
    TinyRun.run(store, settings, "local[2]", 2, stages);
  }

  /** Folders of whole models in the cache. */
  private Set<String> kept() {
    return Folders.hashes(folder.resolve("cache"), file -> file.endsWith(".safetensors")).keySet();
  }

  /** Every prompt of the split gets a question mark more. */
  private void change(Path split) {
    Path changed = folder.resolve("changed");
    try (SparkSession spark = TinyRun.session("local[2]", 2)) {
      spark
          .read()
          .parquet(split.toString())
          .withColumn(ExampleSchema.PROMPT, concat(col(ExampleSchema.PROMPT), lit("?")))
          .write()
          .parquet(changed.toString());
    }
    Folders.delete(split);
    Folders.copy(changed, split);
  }
}
