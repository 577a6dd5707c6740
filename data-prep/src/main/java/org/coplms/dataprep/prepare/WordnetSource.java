package org.coplms.dataprep.prepare;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.builtin.Item;
import org.coplms.dataprep.builtin.Noun;
import org.coplms.dataprep.builtin.WordnetNouns;
import org.coplms.dataprep.builtin.WordnetQuestion;
import org.coplms.dataprep.files.RecordSchema;

/**
 * Asks one question about each noun of the chosen domains, so that all that is asked about a synset
 * is in one split. Every question of a domain is made whatever is needed: server data stays the
 * same when devices are added.
 */
final class WordnetSource extends BuiltInSource {
  WordnetSource(PrepareSpec spec, WordnetSpec source) {
    super(spec, source);
  }

  @Override
  public Optional<Input> input(Configuration hadoop) {
    return Optional.of(new Input(WordnetNouns.IDENTITY, place(), 0, 0));
  }

  /** One task: it reads the dictionary once, which takes longer than all that follows. */
  @Override
  public Dataset<Row> records(SparkSession spark) {
    return spark
        .createDataset(domains(), Encoders.STRING())
        .coalesce(1)
        .mapPartitions(new AskFn(seed()), Encoders.row(RecordSchema.RECORDS));
  }

  /**
   * The plan, if there are nouns enough.
   *
   * @throws PreparationException that names every domain with too few
   */
  @Override
  public SplitPlan plan(List<GroupCount> groups) {
    Map<String, Long> itemsPerDomain =
        groups.stream().collect(Collectors.toMap(GroupCount::domain, GroupCount::items));
    List<String> lacking = new ArrayList<>();
    for (String domain : domains()) {
      long offered = itemsPerDomain.getOrDefault(domain, 0L);
      if (offered < assigned(domain)) {
        lacking.add(
            "%s offers %,d synsets and %,d are asked for"
                .formatted(domain, offered, assigned(domain)));
      }
    }
    if (!lacking.isEmpty()) {
      throw new PreparationException(
          ("The wordnet source gives one example of a synset: %s; lower the number of devices or"
                  + " the counts in perDomain or perDevice, or choose larger domains")
              .formatted(String.join(", ", lacking)));
    }
    return super.plan(groups);
  }

  /** Domains → the questions about their nouns. */
  private static final class AskFn implements MapPartitionsFunction<String, Row> {
    private static final long serialVersionUID = 1L;

    private final long seed;

    AskFn(long seed) {
      this.seed = seed;
    }

    @Override
    public Iterator<Row> call(Iterator<String> domains) {
      List<String> chosen = new ArrayList<>();
      domains.forEachRemaining(chosen::add);
      Stream<Noun> nouns = chosen.isEmpty() ? Stream.of() : WordnetNouns.read(chosen).stream();
      return nouns
          .flatMap(noun -> WordnetQuestion.draw(seed, noun).stream())
          .map(Item::record)
          .iterator();
    }
  }
}
