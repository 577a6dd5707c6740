package org.coplms.dataprep.prepare;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.Splits;
import org.coplms.dataprep.card.DataCard;
import org.coplms.dataprep.card.TextCounts;
import org.coplms.dataprep.card.Tokenizers;
import org.coplms.dataprep.domains.DomainSummary;
import org.coplms.dataprep.files.RecordSchema;

/** Describes prepared data. */
final class CardWriter {
  /** Examples that are shown of a group, and of all. */
  private static final int SAMPLES_OF_GROUP = 2;

  private static final int SAMPLES = 40;

  private final SparkSession spark;
  private final PrepareSpec spec;
  private final String dataPath;
  private final Optional<Tokenizers> tokenizers;

  CardWriter(
      SparkSession spark, PrepareSpec spec, String dataPath, Optional<Tokenizers> tokenizers) {
    this.spark = spark;
    this.spec = spec;
    this.dataPath = dataPath;
    this.tokenizers = tokenizers;
  }

  /** One pass over what was written. */
  DataCard card(
      Source.Input input,
      DataStatistics statistics,
      Preparation.Collected collected,
      Dataset<Row> ranked,
      SplitPlan plan) {
    RecordCounts counts = statistics.counts();
    long usable = counts.read() - counts.quarantined();
    Dataset<Row> written =
        Prepared.all(spark, dataPath)
            .filter(col(ExampleSchema.SPLIT).notEqual(Splits.PRETRAIN_SLM));
    return new DataCard(
        new DataCard.Input(spec.source().kind(), input.place(), input.files(), input.bytes()),
        counts,
        new DataCard.Duplicates(
            usable - collected.distinctItems(), collected.distinctItems() - counts.accepted()),
        collected.intake().quarantined().kinds(),
        statistics.cells(),
        TextCounts.of(written, tokenizers),
        collected.discovered().map(CardWriter::tried).orElse(List.of()),
        samples(ranked, plan));
  }

  private static List<DataCard.Discovered> tried(DomainSummary summary) {
    return summary.silhouettes().entrySet().stream()
        .map(
            one ->
                new DataCard.Discovered(
                    one.getKey(), one.getValue(), one.getKey() == summary.chosen()))
        .toList();
  }

  private static List<DataCard.Sample> samples(Dataset<Row> ranked, SplitPlan plan) {
    return ranked
        .filter(col(Ranking.RANK).lt(SAMPLES_OF_GROUP))
        .select(
            RecordSchema.DOMAIN,
            RecordSchema.PROMPT,
            RecordSchema.RESPONSES,
            ItemSchema.GROUP,
            Ranking.RANK)
        .orderBy(ItemSchema.GROUP, Ranking.RANK)
        .limit(SAMPLES)
        .collectAsList()
        .stream()
        .map(
            row ->
                new DataCard.Sample(
                    row.getString(0),
                    row.getString(1),
                    row.getList(2),
                    plan.at(row.getString(3), row.getLong(4)).stream().map(Slot::shown).toList()))
        .toList();
  }
}
