package org.coplms.dataprep.prepare;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.card.Tokenizers;
import org.coplms.dataprep.files.Quarantined;
import org.coplms.dataprep.files.RecordSchema;

/** A source at work: it offers records and plans where they go. */
sealed interface Source permits BuiltInSource, FilesSource {
  static Source of(PrepareSpec spec, Optional<Tokenizers> tokenizers) {
    if (spec.source() instanceof CldrSpec cldr) {
      return new CldrSource(spec, cldr);
    }
    if (spec.source() instanceof WordnetSpec wordnet) {
      return new WordnetSource(spec, wordnet);
    }
    return new FilesSource(spec, (FilesSpec) spec.source(), tokenizers);
  }

  /**
   * What the rows are made of beside the specification.
   *
   * @param identity changes when the input does
   * @param place where it is
   * @param files number of files, 0 when rows are generated
   * @param bytes size of the input as stored, 0 when rows are generated
   */
  record Input(String identity, String place, long files, long bytes) {}

  /** Looks at the input without reading it; empty when there is none. */
  Optional<Input> input(Configuration hadoop);

  /** Every record, usable or not, with {@link RecordSchema#RECORDS}; not yet computed. */
  Dataset<Row> records(SparkSession spark);

  /**
   * Writes the unusable records to a folder, in the place of what is there.
   *
   * @param records those of {@link #records}, persisted
   */
  Quarantined quarantine(SparkSession spark, Dataset<Row> records, String folder);

  /** Columns within whose values a prompt stands once. */
  List<String> distinctWithin();

  /**
   * The items without those that are nearly equal to another, not yet computed; the same dataset
   * where these stay.
   *
   * @param items with {@link ItemSchema}'s columns
   */
  Dataset<Row> withoutNearDuplicates(Dataset<Row> items);

  /**
   * The items, all in a domain; not yet computed.
   *
   * @param dataPath where to keep what was fitted
   */
  ItemsInDomains inDomains(Dataset<Row> items, String dataPath);

  /** Where the items of each group go. */
  SplitPlan plan(List<GroupCount> groups);

  /** Domains that must not be in pretraining or public data. */
  Set<String> deviceOnlyDomains();

  /** Checks what was written beyond what holds for every source. */
  void check(Dataset<Row> written);

  /** What is called wrong when no record is there. */
  String place();
}
