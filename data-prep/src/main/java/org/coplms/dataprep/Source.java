package org.coplms.dataprep;

import java.util.Set;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A source at work: it offers items and plans where they go. */
sealed interface Source permits BuiltInSource, JsonlSource {
  static Source of(PrepareSpec spec) {
    if (spec.source() instanceof CldrSpec cldr) {
      return new CldrSource(spec, cldr);
    }
    if (spec.source() instanceof WordnetSpec wordnet) {
      return new WordnetSource(spec, wordnet);
    }
    return new JsonlSource(spec, (JsonlSpec) spec.source());
  }

  /**
   * What the rows are made of beside the specification.
   *
   * @param identity changes when the input does
   * @param bytes size of the input as stored, 0 when it is generated
   */
  record Input(String identity, long bytes) {}

  /**
   * Looks at the input without reading it.
   *
   * @throws PreparationException when there is nothing to read
   */
  Input input(Configuration hadoop);

  /** Every record read, with {@link ItemSchema#ITEMS}; not yet computed. */
  Dataset<Row> items(SparkSession spark);

  /** The error for the first unusable record of a file. */
  PreparationException unusable(Configuration hadoop, String file, String problem);

  /** Where the distinct items of each domain go. */
  SplitPlan plan(SortedMap<String, Long> itemsPerDomain);

  /** Domains that must not be in pretraining or public data. */
  Set<String> deviceOnlyDomains();
}
